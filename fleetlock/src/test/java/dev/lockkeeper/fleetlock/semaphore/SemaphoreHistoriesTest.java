package dev.lockkeeper.fleetlock.semaphore;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/**
 * Random histories of the semaphore against {@link SequentialModel}. How many is set by {@code -Dhistories}; a failing one is shrunk
 * and its seed printed.
 */
class SemaphoreHistoriesTest {

    /** A set of histories that never gets somewhere proves nothing there: each of these has to be stored in some. */
    private static final List<String> REACHED = List.of(
            "200",
            "Ask",
            "Tell",
            "Steady",
            "Drained",
            "DrainLost",
            "Progress",
            "GiveUp",
            "TakeBack",
            "Observe",
            "Release",
            "Park",
            "Fail",
            "Unpark",
            "Free",
            "Count",
            "TakeOver",
            "imported",
            "imported>drained",
            "DRAINING>GRANTED",
            "DRAINING>RELEASING",
            "GRANTED>DRAINING",
            "GRANTED>REBOOTING",
            "GRANTED>RELEASING",
            "REBOOTING>VERIFYING",
            "REBOOTING>RELEASING",
            "REBOOTING>gone",
            "VERIFYING>FAILED",
            "VERIFYING>RELEASING",
            "VERIFYING>gone",
            "FAILED>RELEASING",
            "FAILED>gone",
            "RELEASING>gone");

    @Property
    @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
    void everyHistoryKeepsThePromises(@ForAll("tapes") List<Integer> tape) {
        History history = new History(tape);
        history.play();
        history.kindsSeen().forEach(Statistics::collect);
        Statistics.coverage(seen -> REACHED.forEach(kind -> seen.check(kind).count(n -> n > 0)));
    }

    @Provide
    Arbitrary<List<Integer>> tapes() {
        return Arbitraries.integers()
                .between(0, 100_000)
                .withDistribution(RandomDistribution.uniform())
                .withoutEdgeCases()
                .list()
                .ofMinSize(50)
                .ofMaxSize(1200)
                .withSizeDistribution(RandomDistribution.uniform());
    }
}
