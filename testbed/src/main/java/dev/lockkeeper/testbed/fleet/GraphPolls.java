package dev.lockkeeper.testbed.fleet;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Asks a Cincinnati server for updates as Zincati does: its parameters, its headers, and what it makes of the answer. */
final class GraphPolls {

    private final Supplier<MachineSpec> booted;
    private final String group;
    private final GraphSettings settings;
    private final Duration timeout;
    private final Journal journal;
    private final AgentConnection connection;

    GraphPolls(Supplier<MachineSpec> booted, AgentSettings agent, GraphSettings settings, Journal journal) {
        this.booted = booted;
        this.group = agent.group();
        this.settings = settings;
        this.timeout = agent.httpTimeout();
        this.journal = journal;
        this.connection = new AgentConnection(settings.baseUrl(), booted.get().agentId(), group, agent.trust());
    }

    /**
     * One check: the update that the agent chooses, if any.
     *
     * @param denied payloads that it does not go to
     */
    Optional<OsRelease> ask(Set<String> denied) throws InterruptedException {
        MachineSpec machine = booted.get();
        String payload = machine.payload().orElseThrow();
        return switch (check(machine, payload, denied)) {
            case UpdateChoice.Update(int _, OsRelease to) -> {
                journal.add(new Journal.Chosen(journal.now(), machine.name(), machine.version(), to.version()));
                yield Optional.of(to);
            }
            case UpdateChoice.NoUpdate _ -> Optional.empty();
            case UpdateChoice.Failed(int _, String kind, String reason) -> {
                journal.add(new Journal.CheckFailed(journal.now(), machine.name(), kind, reason));
                yield Optional.empty();
            }
        };
    }

    private UpdateChoice.Outcome check(MachineSpec machine, String payload, Set<String> denied)
            throws InterruptedException {
        Instant askedAt = journal.now();
        AgentConnection.Answer answer;
        try {
            answer = connection.graph(
                    query(machine, payload),
                    timeout,
                    () -> journal.add(new Journal.Polling(journal.now(), machine.name())));
        } catch (IOException | NumberFormatException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return new UpdateChoice.Failed(0, "client_failed_request", String.valueOf(e.getMessage()));
        }
        UpdateChoice.Outcome outcome = answer.status() / 100 == 2
                ? UpdateChoice.of(answer.bytes(), payload, denied)
                : UpdateChoice.refused(answer.status(), answer.bytes());
        journal.add(new Journal.Polled(
                journal.now(), machine.name(), answer.status(), outcome.edges(), answer.body(), askedAt));
        return outcome;
    }

    private String query(MachineSpec machine, String payload) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("basearch", machine.architecture().coreosName());
        parameters.put("stream", settings.stream());
        parameters.put("os_version", machine.version());
        parameters.put("os_checksum", payload);
        parameters.put("group", group);
        parameters.put("node_uuid", machine.agentId());
        parameters.put("platform", settings.platform());
        if (OsRelease.isImage(payload)) {
            parameters.put("oci", "true");
        }
        settings.wariness().ifPresent(w -> parameters.put("rollout_wariness", String.format(Locale.ROOT, "%.6f", w)));
        return parameters.entrySet().stream()
                .map(p -> p.getKey() + "=" + URLEncoder.encode(p.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
