package dev.lockkeeper.operator.lock;

import dev.lockkeeper.operator.health.CheckResult;

/** Asks Prometheus servers. */
public interface Prometheus {

    /**
     * Asks an instant query and waits a few seconds for the answer; never throws.
     *
     * @param url the base URL
     */
    CheckResult ask(String url, String query);
}
