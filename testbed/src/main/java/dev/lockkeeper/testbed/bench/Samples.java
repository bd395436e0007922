package dev.lockkeeper.testbed.bench;

import java.util.Collection;
import java.util.List;

/** Measured values of one kind, at least one, in any unit. */
record Samples(List<Double> sorted) {

    static Samples of(Collection<? extends Number> values) {
        if (values.isEmpty()) {
            throw new IllegalStateException("nothing was measured");
        }
        return new Samples(values.stream().map(Number::doubleValue).sorted().toList());
    }

    int count() {
        return sorted.size();
    }

    double median() {
        return percentile(50);
    }

    double min() {
        return sorted.getFirst();
    }

    double max() {
        return sorted.getLast();
    }

    /** The smallest value that at least so many percent of the values do not exceed. */
    double percentile(int percent) {
        return sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * percent / 100.0) - 1));
    }
}
