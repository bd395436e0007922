package dev.lockkeeper.testbed.demo;

import dev.lockkeeper.crds.v1alpha1.BlockedPod;
import dev.lockkeeper.crds.v1alpha1.FleetMachine;
import dev.lockkeeper.crds.v1alpha1.Holder;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Draws how the fleet stands: in place on a terminal, else one line per change. */
final class Screen {

    private static final int USUAL_WIDTH = 80;
    private static final String ROW = "%-13s %-8s %-17s %-11s %6s  %s";

    private final KubernetesClient admin;
    private final List<SimulatedMachine> machines;
    private final Map<String, String> architectures;
    private final boolean terminal =
            System.console() != null && System.console().isTerminal();
    private final Map<String, String> stateOf = new HashMap<>();
    private final Map<String, String> printed = new HashMap<>();
    private final Map<String, Instant> since = new HashMap<>();
    private final Instant begin = Instant.now();
    private final int width = terminal ? terminalWidth() : Integer.MAX_VALUE;
    private int drawn;
    private Instant blockedSince;

    /** @param architectures of the machines by name, as Fedora CoreOS calls them */
    Screen(KubernetesClient admin, List<SimulatedMachine> machines, Map<String, String> architectures) {
        this.admin = admin;
        this.architectures = architectures;
        this.machines = machines;
    }

    void draw(Instant now) {
        List<RebootGroup> groups = admin.resources(RebootGroup.class).list().getItems();
        Map<String, Holder> holders = groups.stream()
                .filter(g -> g.getStatus() != null && g.getStatus().getHolders() != null)
                .flatMap(g -> g.getStatus().getHolders().stream())
                .filter(h -> h.getNode() != null)
                .collect(Collectors.toMap(h -> h.getNode().getName(), Function.identity(), (a, _) -> a));
        Map<String, Node> nodes = admin.nodes().list().getItems().stream()
                .collect(Collectors.toMap(n -> n.getMetadata().getName(), Function.identity()));
        Map<String, String> states = admin.resources(FleetMachine.class).list().getItems().stream()
                .filter(m -> m.getStatus() != null && m.getStatus().getState() != null)
                .collect(Collectors.toMap(
                        m -> m.getMetadata().getName(),
                        m -> m.getStatus().getState().name()));
        List<String> lines = new ArrayList<>();
        lines.add(row("NODE", "ARCH", "VERSION", "STATE", "SINCE", ""));
        if (!terminal && printed.isEmpty()) {
            System.out.println(row("NODE", "ARCH", "VERSION", "STATE", "AT", ""));
        }
        boolean blocked = false;
        for (SimulatedMachine machine : machines) {
            Holder holder = holders.get(machine.name());
            Node node = nodes.get(machine.name());
            String state = holder != null ? holder.getPhase().name() : states.getOrDefault(machine.name(), "Starting");
            String what = blocker(holder);
            blocked |= !what.isEmpty();
            if (!state.equals(stateOf.put(machine.name(), state))) {
                since.put(machine.name(), now);
            }
            if (!terminal && !(state + what).equals(printed.put(machine.name(), state + what))) {
                System.out.println(row(machine, node, state, begin, now, what));
            }
            lines.add(row(machine, node, state, since.get(machine.name()), now, what));
        }
        blockedSince = !blocked ? null : blockedSince == null ? now : blockedSince;
        for (RebootGroup group : groups) {
            lines.add("group " + group.getMetadata().getName() + ": " + (group.getStatus() == null ? "" : held(group)));
        }
        if (terminal) {
            System.out.print((drawn == 0 ? "" : "\033[" + drawn + "A")
                    + lines.stream()
                            .map(l -> "\033[2K" + l.substring(0, Math.min(l.length(), width)) + "\n")
                            .collect(Collectors.joining()));
            drawn = lines.size();
        }
    }

    private static String held(RebootGroup group) {
        var slots = group.getStatus().getSlots();
        return slots == null
                ? "not counted yet"
                : slots.getHeld() + " of " + slots.getTotal() + (slots.getTotal() == 1 ? " slot" : " slots") + " held"
                        + (slots.getHeld() == 0 ? "" : " (" + group.getStatus().getSummary() + ")");
    }

    private String row(SimulatedMachine machine, Node node, String state, Instant from, Instant now, String what) {
        String osImage = node == null ? "" : node.getStatus().getNodeInfo().getOsImage();
        return row(
                machine.name(),
                architectures.get(machine.name()),
                osImage.replace("Fedora CoreOS ", ""),
                state,
                Duration.between(from, now).toSeconds() + "s",
                what);
    }

    private static String row(Object... cells) {
        return ROW.formatted(cells).stripTrailing();
    }

    /** In columns; a line that wraps would spoil the next drawing. */
    private static int terminalWidth() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" ");
            int columns = size.length == 2 ? Integer.parseInt(size[1]) : 0;
            return columns > 0 ? columns : USUAL_WIDTH;
        } catch (IOException | NumberFormatException e) {
            return USUAL_WIDTH;
        }
    }

    private static String blocker(Holder holder) {
        if (holder == null
                || holder.getDrain() == null
                || holder.getDrain().getBlockedBy() == null
                || holder.getDrain().getBlockedBy().isEmpty()) {
            return "";
        }
        BlockedPod pod = holder.getDrain().getBlockedBy().getFirst();
        return "pod " + pod.getPod() + " blocked" + (pod.getPdb() == null ? "" : " by PDB " + pod.getPdb()) + ": "
                + pod.getReason();
    }

    /** For how long a drain has been held up now. */
    Duration blockedFor(Instant now) {
        return blockedSince == null ? Duration.ZERO : Duration.between(blockedSince, now);
    }

    void note(String line) {
        System.out.println(line);
        drawn = 0;
    }
}
