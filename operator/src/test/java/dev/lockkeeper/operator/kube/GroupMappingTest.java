package dev.lockkeeper.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.fleetlock.semaphore.BackoffRule;
import dev.lockkeeper.operator.health.CelCheck;
import dev.lockkeeper.operator.health.Check;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupMappingTest {

    private static List<Check> checks(String verify) {
        GroupMapping mapping = new GroupMapping(
                "lockkeeper", Duration.ofMinutes(5), new BackoffRule(Duration.ofMinutes(30), Duration.ofHours(24)));
        RebootGroup group = Serialization.unmarshal(
                "{\"apiVersion\": \"lockkeeper.dev/v1alpha1\", \"kind\": \"RebootGroup\", \"metadata\": {\"name\": \"workers\"}, \"spec\": {\"verify\": "
                        + verify + "}}",
                RebootGroup.class);
        return mapping.view(group).verify().checks();
    }

    @Test
    void checksAreMappedInTheirOrder() {
        assertThat(checks("{}")).isEmpty();
        assertThat(checks("null")).isEmpty();
        assertThat(checks("""
                {"checks": [{"name": "up", "prometheus": {"url": "http://p:9090", "query": "up"}}, {"name": "pods", "cel": "true"}]}"""))
                .containsExactly(new Check.Prometheus("up", "http://p:9090", "up"), new Check.Cel("pods", "true"));
    }

    @Test
    void aCheckOfAKindThatIsNotKnownLetsNobodyPass() {
        assertThat(checks("{\"checks\": [{\"name\": \"new\"}]}"))
                .singleElement()
                .isInstanceOfSatisfying(
                        Check.Cel.class,
                        c -> assertThat(CelCheck.of(c.expression()).problem()).isPresent());
    }
}
