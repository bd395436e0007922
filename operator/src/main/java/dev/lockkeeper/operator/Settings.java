package dev.lockkeeper.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.time.Duration;
import java.time.Instant;
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

    Graph graph();

    Machine machine();

    Okd okd();

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

        /**
         * The address under which machines reach the agents' port, for the configurations that are given out: http or https, a host, a
         * port if need be, and a path if a proxy needs one. Absent: the one under which whoever asks for a configuration came.
         */
        Optional<String> publicUrl();

        /**
         * How many wrong passwords of one source are answered at once, as a burst and each minute, 0 to 10,000; each further one waits
         * for a second.
         */
        @WithDefault("10")
        int wrongPasswords();

        Tls tls();
    }

    /** TLS on the agents' port: with both files, or plain HTTP with neither. */
    interface Tls {

        /** The file of the server's certificate and those of its issuers, in PEM. */
        Optional<String> certificate();

        /** The file of its private key, in PEM and without a passphrase. */
        Optional<String> key();

        /** The time between two looks at whether the files have changed, PT0.1S to PT1M. */
        @WithDefault("PT10S")
        Duration reloadInterval();
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

    /** Graphs and their sources. */
    interface Graph {

        /** The time between two reads of pins, releases and graphs if no watch hurries them, PT0.1S to PT15S. */
        @WithDefault("PT5S")
        Duration readInterval();

        /** A replica whose last such read is older answers no edges, PT1S to PT5M. */
        @WithDefault("PT30S")
        Duration trustedFor();

        /** The longest that one request to a source may take, PT0.1S to PT10M. */
        @WithDefault("PT30S")
        Duration fetchTimeout();

        /** The longest answer of a source that is read, 1,024 to 268,435,456 bytes. */
        @WithDefault("33554432")
        int maxBytes();
    }

    /** The records of machines. */
    interface Machine {

        /** The time between two passes over all records by the leader, PT0.1S to PT5M. */
        @WithDefault("PT5S")
        Duration passInterval();

        /** How often it is stored that a machine was heard of, if nothing else is new, PT1S to P1D. */
        @WithDefault("PT2H")
        Duration seenInterval();

        /** For so long without a word a machine counts as silent: more than machine.seen-interval, at most P30D. */
        @WithDefault("PT5H")
        Duration silentAfter();

        /** For so long without a word the record of a machine that is no node is removed: at least machine.silent-after. */
        @WithDefault("P30D")
        Duration forgetAfter();

        /** How many machines that are no nodes get a record, 0 to 10,000. */
        @WithDefault("500")
        int mostOthers();

        /** An offer that was not asked for within this holds no other machine back, PT1S to P7D. */
        @WithDefault("PT1H")
        Duration offerPatience();
    }

    /** OKD's MachineConfigPools. */
    interface Okd {

        /** Whether pools, and what nodes run, are reported; needs the right to list MachineConfigPools. */
        @WithDefault("false")
        boolean enabled();

        /** Whether PoolWindows open and pause pools; needs okd.enabled, and the right to patch MachineConfigPools. */
        @WithDefault("false")
        boolean poolWindows();

        /** The longest time between two looks at pools and PoolWindows by the leader, PT0.1S to PT1M. */
        @WithDefault("PT10S")
        Duration passInterval();
    }

    /** For tests alone. */
    interface Testing {

        /** The time at which decisions about releases and pools begin, such as 2026-07-22T12:00:00Z; it runs on. Absent: the true time. */
        Optional<Instant> clock();

        /** The marked step at which the process halts itself; absent: none. */
        Optional<String> haltAt();
    }
}
