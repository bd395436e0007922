package dev.lockkeeper.testbed.fleet;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Asks a Cincinnati server for updates as Zincati does: its parameters, its headers, and what it makes of the answer. */
final class GraphPolls {

    private static final String PLATFORM = "metal";

    private final Supplier<MachineSpec> booted;
    private final String group;
    private final GraphSettings settings;
    private final Duration timeout;
    private final Journal journal;
    private final AgentConnection connection;
    private final Set<String> denied = ConcurrentHashMap.newKeySet();

    GraphPolls(Supplier<MachineSpec> booted, String group, GraphSettings settings, Duration timeout, Journal journal) {
        this.booted = booted;
        this.group = group;
        this.settings = settings;
        this.timeout = timeout;
        this.journal = journal;
        this.connection = new AgentConnection(settings.baseUrl(), booted.get().agentId(), group);
    }

    void deny(String version) {
        denied.add(version);
    }

    /** One check: the update that the agent chooses, if any. */
    Optional<UpdateChoice.Release> ask() throws InterruptedException {
        MachineSpec machine = booted.get();
        AgentConnection.Answer answer;
        try {
            answer = connection.graph(query(machine), timeout);
        } catch (IOException | NumberFormatException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            journal.add(new Journal.CheckFailed(journal.now(), machine.name(), String.valueOf(e.getMessage())));
            return Optional.empty();
        }
        journal.add(new Journal.Polled(journal.now(), machine.name(), answer.status(), answer.body()));
        if (answer.status() != 200) {
            journal.add(new Journal.CheckFailed(journal.now(), machine.name(), answer.body()));
            return Optional.empty();
        }
        return switch (UpdateChoice.of(
                answer.body(), settings.oci(), machine.payload().orElseThrow(), denied)) {
            case UpdateChoice.Update(UpdateChoice.Release to) -> {
                journal.add(new Journal.Chosen(journal.now(), machine.name(), machine.version(), to.version()));
                yield Optional.of(to);
            }
            case UpdateChoice.NoUpdate _ -> Optional.empty();
            case UpdateChoice.Failed(String why) -> {
                journal.add(new Journal.CheckFailed(journal.now(), machine.name(), why));
                yield Optional.empty();
            }
        };
    }

    private String query(MachineSpec machine) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("basearch", machine.architecture().coreosName());
        parameters.put("stream", settings.stream());
        parameters.put("os_version", machine.version());
        parameters.put("os_checksum", machine.payload().orElseThrow());
        parameters.put("group", group);
        parameters.put("node_uuid", machine.agentId());
        parameters.put("platform", PLATFORM);
        if (settings.oci()) {
            parameters.put("oci", "true");
        }
        settings.wariness().ifPresent(w -> parameters.put("rollout_wariness", String.format(Locale.ROOT, "%.6f", w)));
        return parameters.entrySet().stream()
                .map(p -> p.getKey() + "=" + URLEncoder.encode(p.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
