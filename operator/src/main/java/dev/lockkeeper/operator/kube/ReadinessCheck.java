package dev.lockkeeper.operator.kube;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready: permissions there, CRDs as new as the operator, caches filled, controllers started. Says what is missing. */
@Readiness
@ApplicationScoped
public class ReadinessCheck implements HealthCheck {

    private final Startup startup;

    public ReadinessCheck(Startup startup) {
        this.startup = startup;
    }

    @Override
    public HealthCheckResponse call() {
        String problem = startup.problem();
        var response = HealthCheckResponse.named("lock can be served");
        return problem == null
                ? response.up().build()
                : response.down().withData("problem", problem).build();
    }
}
