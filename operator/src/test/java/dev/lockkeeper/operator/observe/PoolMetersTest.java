package dev.lockkeeper.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.operator.pool.PoolFigures;
import dev.lockkeeper.operator.pool.PoolNodes;
import dev.lockkeeper.operator.pool.PoolView;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("deprecation") // The registry that the application has.
class PoolMetersTest {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final PoolMeters meters = new PoolMeters(registry);

    @Test
    void poolsAndNodesAreShownAndGoWithTheLead() {
        meters.pools(new PoolFigures(
                List.of(new PoolFigures.OfPool(
                        "worker",
                        new PoolView.Machines(5, 4, 3, 2, 1),
                        true,
                        true,
                        true,
                        Instant.ofEpochSecond(1_000_000),
                        Instant.ofEpochSecond(2_000_000))),
                List.of(new PoolNodes.Kind("x86_64", "CentOS Stream CoreOS", "9.0.20250827-0", 5))));
        assertThat(registry.scrape())
                .contains(
                        "lockkeeper_pool_machines{pool=\"worker\",state=\"total\",} 5.0",
                        "lockkeeper_pool_machines{pool=\"worker\",state=\"updated\",} 4.0",
                        "lockkeeper_pool_machines{pool=\"worker\",state=\"ready\",} 3.0",
                        "lockkeeper_pool_machines{pool=\"worker\",state=\"unavailable\",} 2.0",
                        "lockkeeper_pool_machines{pool=\"worker\",state=\"degraded\",} 1.0",
                        "lockkeeper_pool_paused{pool=\"worker\",} 1.0",
                        "lockkeeper_pool_degraded{pool=\"worker\",} 1.0",
                        "lockkeeper_pool_update_waiting{pool=\"worker\",} 1.0",
                        "lockkeeper_pool_must_open_timestamp_seconds{pool=\"worker\",} 1000000.0",
                        "lockkeeper_pool_next_window_timestamp_seconds{pool=\"worker\",} 2000000.0",
                        "lockkeeper_node_os{architecture=\"x86_64\",os=\"CentOS Stream CoreOS\",version=\"9.0.20250827-0\",} 5.0");
        meters.pools(PoolFigures.NONE);
        assertThat(registry.scrape()).doesNotContain("lockkeeper_pool", "lockkeeper_node");
    }
}
