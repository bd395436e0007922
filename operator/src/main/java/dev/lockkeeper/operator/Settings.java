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
 *
 * <p>{@code docs/settings.md} is made from these comments and those bounds.
 */
@ConfigMapping(prefix = "lockkeeper")
public interface Settings {

    /** The operator's own namespace: its lease, the Secrets with the agents' passwords, and the stored graphs. */
    @WithDefault("lockkeeper")
    String namespace();

    /**
     * What this replica calls itself in its status fields and Events, and, with a suffix that is new at each start, in the lease. No two
     * replicas may have the same. None: made of the names of host and process.
     */
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

        /**
         * How long an agent's request is held at most while waiting may help. {@code PT0S}: never hold. Agents give up after 30 minutes;
         * behind an HTTP proxy it must be shorter than the proxy's time-out.
         */
        @WithDefault("PT20M")
        Duration maxHold();

        /**
         * A machine that holds a slot, was not told to reboot yet, and does not ask for so long loses the slot. An open request counts as
         * asking.
         */
        @WithDefault("PT15M")
        Duration askTimeout();

        /**
         * How long after its last request an agent counts in the status field {@code waiting}, and one that gave a slot back comes after
         * all others.
         */
        @WithDefault("PT10M")
        Duration waitingWindow();

        /**
         * The address under which machines reach the agents' port, for the configurations that are given out. None: the one under which
         * whoever asks for one came. Set it where a proxy changes scheme, host or path.
         */
        Optional<String> publicUrl();

        /**
         * How many wrong passwords of one source address are answered at once, as a burst and each minute. The answer to each further one
         * waits for a second; right ones never do. 0: every wrong one waits.
         */
        @WithDefault("10")
        int wrongPasswords();

        Tls tls();
    }

    /** TLS on the agents' port: with both files, or plain HTTP with neither. */
    interface Tls {

        /**
         * The file of the certificate that agents are served with, in PEM, the server's own first. With both files the agents' port
         * speaks TLS and nothing else, with neither plain HTTP; one alone is refused.
         */
        Optional<String> certificate();

        /** The file of its private key, in PEM and without a passphrase. */
        Optional<String> key();

        /** The time between two looks at whether the files hold another pair, which is then served. */
        @WithDefault("PT10S")
        Duration reloadInterval();
    }

    /** Drains. */
    interface Drain {

        /** The longest time between two looks at a running drain; it begins with shorter ones. */
        @WithDefault("PT5S")
        Duration retryInterval();

        /** How often the figures of a running drain are written into the status at most. */
        @WithDefault("PT10S")
        Duration statusInterval();

        /** How long a machine waits for its next try after its first given-up drain; doubled with each further one. */
        @WithDefault("PT30M")
        Duration backoff();

        /** The longest such wait. */
        @WithDefault("PT24H")
        Duration backoffCap();
    }

    /** The lock's own requests to the API server. */
    interface Store {

        /** The longest that one read or write of the lock's state may take. */
        @WithDefault("PT5S")
        Duration timeout();

        /**
         * How often a swap of the lock's state that conflicts or fails is tried in all, each time on a fresh read, before the agent gets
         * a 503.
         */
        @WithDefault("8")
        int tries();
    }

    /** The election of the replica that works on nodes. */
    interface Leader {

        /** How long the lead outlives its last renewal: the longest gap when the leader dies. */
        @WithDefault("PT15S")
        Duration leaseDuration();

        /** When a leader that could not renew its lease gives up and ends itself. */
        @WithDefault("PT10S")
        Duration renewDeadline();

        /** The time between two tries to get or renew the lead. */
        @WithDefault("PT2S")
        Duration retryPeriod();
    }

    /** Kubernetes Events. */
    interface Event {

        /** For so long, a second refusal of the same kind to the same machine leaves no Event. */
        @WithDefault("PT1H")
        Duration refusedInterval();
    }

    /** Graphs and their sources. */
    interface Graph {

        /** The time between two reads of pins, releases and graphs by each replica, if no watch hurries them. */
        @WithDefault("PT5S")
        Duration readInterval();

        /** A replica whose last such read is older answers no edges: it cannot know what was withdrawn meanwhile. */
        @WithDefault("PT30S")
        Duration trustedFor();

        /** The longest that one request to the source of an UpdateGraph may take. */
        @WithDefault("PT30S")
        Duration fetchTimeout();

        /** The longest answer of a source that is read, in bytes. */
        @WithDefault("33554432")
        int maxBytes();
    }

    /** The records of machines. */
    interface Machine {

        /** The time between two passes of the leader over the records of machines, pins and releases. */
        @WithDefault("PT5S")
        Duration passInterval();

        /** How often it is stored that a machine was heard of, if nothing else is new. */
        @WithDefault("PT2H")
        Duration seenInterval();

        /** For so long without a word a machine counts as Silent. */
        @WithDefault("PT5H")
        Duration silentAfter();

        /** For so long without a word the record of a machine that is no node is removed. */
        @WithDefault("P30D")
        Duration forgetAfter();

        /** How many machines that are no nodes get a record. Others are offered nothing. */
        @WithDefault("500")
        int mostOthers();

        /** An offer that its machine did not ask for within this holds no other machine back. */
        @WithDefault("PT1H")
        Duration offerPatience();
    }

    /** OKD's MachineConfigPools. */
    interface Okd {

        /**
         * Whether MachineConfigPools, and what nodes run, are reported. Needs the right to list MachineConfigPools, which
         * {@code deploy/okd/} and the chart's {@code okd.enabled} give together with the setting.
         */
        @WithDefault("false")
        boolean enabled();

        /**
         * Whether PoolWindows open and pause MachineConfigPools. Needs {@code okd.enabled}, and the right to patch
         * them: {@code deploy/okd-pool-windows/}, or the chart's {@code okd.poolWindows}.
         */
        @WithDefault("false")
        boolean poolWindows();

        /**
         * The longest time between two looks at pools and PoolWindows by the leader. What a window or {@code maxPause} changes is done
         * when it is due.
         */
        @WithDefault("PT10S")
        Duration passInterval();
    }

    /** For tests alone. */
    interface Testing {

        /**
         * For tests: decisions about releases and pools begin at this instant, such as {@code 2026-07-22T12:00:00Z}, which runs on; the start's log
         * and the metric {@code lockkeeper_testing_clock} say so. Never set it on a cluster that matters.
         */
        Optional<Instant> clock();

        /** For crash tests: the process halts itself at this marked step. Never set it on a cluster that matters. */
        Optional<String> haltAt();
    }
}
