package dev.lockkeeper.operator;

import dev.lockkeeper.operator.http.BaseUrl;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Ends the start when a setting is out of its bounds, naming every one that is and what to do. */
@ApplicationScoped
class SettingsCheck {

    private static final int FIRST = 1;
    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    void check(@Observes @Priority(FIRST) StartupEvent start, Settings settings) {
        List<String> faults = faults(settings);
        if (!faults.isEmpty()) {
            throw new ConfigurationException(String.join(" ", faults));
        }
    }

    /** One sentence for each setting that is out of its bounds. */
    static List<String> faults(Settings settings) {
        Faults faults = new Faults();
        if (!DNS_LABEL.matcher(settings.namespace()).matches()) {
            faults.add("namespace", settings.namespace(), "the name of a namespace (a DNS label)");
        }
        String replica = settings.replica();
        if (replica.isBlank() || replica.length() > 253) {
            faults.add("replica", replica, "1 to 253 characters");
        }
        agent(settings.agent(), faults);
        drain(settings.drain(), faults);
        faults.within("store.timeout", settings.store().timeout(), "PT0.1S", "PT1M");
        faults.within("store.tries", settings.store().tries(), 1, 100);
        leader(settings.leader(), faults);
        faults.within("event.refused-interval", settings.event().refusedInterval(), "PT1S", "P7D");
        graph(settings.graph(), faults);
        machine(settings.machine(), faults);
        okd(settings.okd(), faults);
        return faults.sentences;
    }

    private static void graph(Settings.Graph graph, Faults faults) {
        faults.within("graph.read-interval", graph.readInterval(), "PT0.1S", "PT15S");
        faults.within("graph.trusted-for", graph.trustedFor(), "PT1S", "PT5M");
        faults.within("graph.fetch-timeout", graph.fetchTimeout(), "PT0.1S", "PT10M");
        faults.within("graph.max-bytes", graph.maxBytes(), 1_024, 268_435_456);
    }

    private static void machine(Settings.Machine machine, Faults faults) {
        faults.within("machine.pass-interval", machine.passInterval(), "PT0.1S", "PT5M");
        faults.within("machine.seen-interval", machine.seenInterval(), "PT1S", "P1D");
        faults.within("machine.silent-after", machine.silentAfter(), "PT1S", "P30D");
        if (machine.silentAfter().compareTo(machine.seenInterval()) <= 0) {
            faults.add(
                    "machine.silent-after",
                    machine.silentAfter(),
                    "more than machine.seen-interval, which is " + machine.seenInterval());
        }
        if (machine.forgetAfter().compareTo(machine.silentAfter()) < 0) {
            faults.add(
                    "machine.forget-after",
                    machine.forgetAfter(),
                    "at least machine.silent-after, which is " + machine.silentAfter());
        }
        faults.within("machine.most-others", machine.mostOthers(), 0, 10_000);
        faults.within("machine.offer-patience", machine.offerPatience(), "PT1S", "P7D");
    }

    private static void okd(Settings.Okd okd, Faults faults) {
        faults.within("okd.pass-interval", okd.passInterval(), "PT0.1S", "PT1M");
        if (okd.poolWindows() && !okd.enabled()) {
            faults.add("okd.pool-windows", true, "false unless okd.enabled is true");
        }
    }

    private static void agent(Settings.Agent agent, Faults faults) {
        faults.within("agent.max-hold", agent.maxHold(), "PT0S", "PT29M");
        faults.within("agent.ask-timeout", agent.askTimeout(), "PT1S", "PT24H");
        faults.within("agent.waiting-window", agent.waitingWindow(), "PT1S", "PT24H");
        agent.publicUrl()
                .filter(url -> BaseUrl.parse(url).isEmpty())
                .ifPresent(
                        url -> faults.add(
                                "agent.public-url",
                                // Somebody may have put a password into it.
                                url.contains("@") ? "..." : url,
                                "http or https, a host, and no more than a port and a plain path, such as https://lockkeeper.example.org:8443/"));
        faults.within("agent.wrong-passwords", agent.wrongPasswords(), 0, 10_000);
        tls(agent.tls(), faults);
    }

    private static void tls(Settings.Tls tls, Faults faults) {
        if (tls.certificate().isPresent() != tls.key().isPresent()) {
            boolean noKey = tls.certificate().isPresent();
            faults.sentences.add("Setting lockkeeper.agent.tls." + (noKey ? "certificate" : "key") + " is set and"
                    + " lockkeeper.agent.tls." + (noKey ? "key" : "certificate")
                    + " is not: set both for TLS, or neither for plain HTTP.");
        }
        faults.within("agent.tls.reload-interval", tls.reloadInterval(), "PT0.1S", "PT1M");
    }

    private static void drain(Settings.Drain drain, Faults faults) {
        faults.within("drain.retry-interval", drain.retryInterval(), "PT0.1S", "PT5M");
        faults.within("drain.status-interval", drain.statusInterval(), "PT0S", "PT10M");
        faults.within("drain.backoff", drain.backoff(), "PT1S", "PT24H");
        faults.within("drain.backoff-cap", drain.backoffCap(), "PT1S", "P7D");
        if (drain.backoffCap().compareTo(drain.backoff()) < 0) {
            faults.add("drain.backoff-cap", drain.backoffCap(), "at least drain.backoff, which is " + drain.backoff());
        }
    }

    private static void leader(Settings.Leader leader, Faults faults) {
        faults.within("leader.lease-duration", leader.leaseDuration(), "PT1S", "PT5M");
        faults.within("leader.retry-period", leader.retryPeriod(), "PT0.1S", "PT5M");
        if (leader.renewDeadline().compareTo(leader.leaseDuration()) >= 0) {
            faults.add(
                    "leader.renew-deadline",
                    leader.renewDeadline(),
                    "less than leader.lease-duration, which is " + leader.leaseDuration());
        }
        if (leader.retryPeriod().compareTo(leader.renewDeadline()) >= 0) {
            faults.add(
                    "leader.retry-period",
                    leader.retryPeriod(),
                    "less than leader.renew-deadline, which is " + leader.renewDeadline());
        }
    }

    private static final class Faults {

        private final List<String> sentences = new ArrayList<>();

        void within(String name, Duration value, String least, String most) {
            if (value.compareTo(Duration.parse(least)) < 0 || value.compareTo(Duration.parse(most)) > 0) {
                add(name, value, least + " to " + most);
            }
        }

        void within(String name, int value, int least, int most) {
            if (value < least || value > most) {
                add(name, value, least + " to " + most);
            }
        }

        void add(String name, Object value, String rule) {
            sentences.add("Setting lockkeeper." + name + " is '" + value + "' and must be " + rule
                    + ": correct it or leave it out.");
        }
    }
}
