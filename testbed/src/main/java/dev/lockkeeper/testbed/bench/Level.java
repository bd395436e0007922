package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.io.IOException;
import java.util.List;

/**
 * What a replica uses at one moment.
 *
 * @param liveHeap MiB in use after a collection of all garbage
 * @param resident MiB
 */
record Level(double liveHeap, double resident, int threads, int sockets, int files) {

    private static final double MIB = 1 << 20;

    static Level of(OperatorProcess operator, ProcessFigures process) throws IOException {
        return new Level(
                operator.liveHeap() / MIB,
                process.residentMiB(),
                operator.threads(),
                process.sockets(),
                process.files());
    }

    static double medianHeap(List<Level> levels) {
        return Samples.of(levels.stream().map(Level::liveHeap).toList()).median();
    }

    @Override
    public String toString() {
        return "%.1f MiB live, %.0f MiB resident, %d threads, %d sockets, %d files"
                .formatted(liveHeap, resident, threads, sockets, files);
    }
}
