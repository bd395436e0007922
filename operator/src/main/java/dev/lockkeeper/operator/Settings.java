package dev.lockkeeper.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.util.Optional;

/**
 * What an administrator may set, as property {@code lockkeeper.*} or environment variable {@code LOCKKEEPER_*}. Times are ISO-8601
 * durations, such as {@code PT20M}, or numbers with a unit, such as {@code 20m}. {@link SettingsCheck} keeps the bounds.
 */
@ConfigMapping(prefix = "lockkeeper")
public interface Settings {

    /** The operator's own namespace, where its lease and the agents' passwords are: a DNS label. */
    @WithDefault("lockkeeper")
    String namespace();

    /** What this replica calls itself in the lease, 1 to 253 characters: no two replicas may have the same. */
    @WithName("replica")
    Optional<String> givenReplica();

    /** The name as given, else made of the names of host and process. */
    default String replica() {
        return givenReplica()
                .orElseGet(() -> Hostname.LOCAL + "-" + ProcessHandle.current().pid());
    }

    Agent agent();

    Drain drain();

    Store store();

    Leader leader();

    Event event();

    Testing testing();

    /** Agents and their requests. */
    interface Agent {

        /** How long a request is held at most while waiting may help, PT0S (never hold) to PT29M: agents give up after 30 minutes. */
        @WithDefault("PT20M")
        Duration maxHold();

        /** A holder that was not told to reboot yet and does not ask for so long is taken back, PT1S to PT24H. */
        @WithDefault("PT15M")
        Duration askTimeout();

        /**
         * How long after its last request an agent counts as waiting, PT1S to PT24H; and how long one that gave a slot back comes
         * after all others.
         */
        @WithDefault("PT10M")
        Duration waitingWindow();
    }

    /** Drains. */
    interface Drain {

        /** The longest time between two looks at a running drain, PT0.1S to PT5M; it begins with shorter ones. */
        @WithDefault("PT5S")
        Duration retryInterval();

        /** How often the figures of a running drain are written into the status at most, PT0S to PT10M. */
        @WithDefault("PT10S")
        Duration statusInterval();

        /** How long a machine waits after its first given-up drain, doubled with each further one, PT1S to PT24H. */
        @WithDefault("PT30M")
        Duration backoff();

        /** The longest such wait: at least drain.backoff, at most P7D. */
        @WithDefault("PT24H")
        Duration backoffCap();
    }

    /** The lock's own requests to the API server. */
    interface Store {

        /** The longest that one read or write may take, PT0.1S to PT1M. */
        @WithDefault("PT5S")
        Duration timeout();

        /** How often a swap that conflicts or fails is tried on a fresh read, 1 to 100. */
        @WithDefault("8")
        int tries();
    }

    /** The election of the replica that works on nodes. */
    interface Leader {

        /** How long the lead outlives its last renewal, PT1S to PT5M. */
        @WithDefault("PT15S")
        Duration leaseDuration();

        /** When a leader that could not renew gives up: less than leader.lease-duration. */
        @WithDefault("PT10S")
        Duration renewDeadline();

        /** The time between two tries to get or renew the lead: at least PT0.1S, less than leader.renew-deadline. */
        @WithDefault("PT2S")
        Duration retryPeriod();
    }

    /** Kubernetes Events. */
    interface Event {

        /** For so long a second refusal of the same kind to the same machine leaves no Event, PT1S to P7D. */
        @WithDefault("PT1H")
        Duration refusedInterval();
    }

    /** For tests alone. */
    interface Testing {

        /** The marked step at which the process halts itself; absent: none. */
        Optional<String> haltAt();
    }
}
