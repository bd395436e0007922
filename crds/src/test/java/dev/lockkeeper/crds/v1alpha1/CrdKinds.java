package dev.lockkeeper.crds.v1alpha1;

import static dev.lockkeeper.crds.v1alpha1.CrdYaml.at;
import static dev.lockkeeper.crds.v1alpha1.CrdYaml.column;
import static dev.lockkeeper.crds.v1alpha1.CrdYaml.condition;
import static dev.lockkeeper.crds.v1alpha1.CrdYaml.conditions;
import static dev.lockkeeper.crds.v1alpha1.CrdYaml.items;
import static dev.lockkeeper.crds.v1alpha1.CrdYaml.keyedBy;
import static dev.lockkeeper.crds.v1alpha1.CrdYaml.selector;
import static dev.lockkeeper.crds.v1alpha1.CrdYaml.set;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.List;
import java.util.Locale;

/** What the CustomResourceDefinition of each kind has of its own. */
enum CrdKinds {
    REBOOT_GROUP(RebootGroup.class) {
        @Override
        List<CustomResourceColumnDefinition> columns() {
            return List.of(
                    column(
                            "Slots",
                            "integer",
                            ".status.slots.total",
                            "How many machines may hold a slot at a time.",
                            0),
                    column("Held", "integer", ".status.slots.held", "How many slots are held.", 0),
                    column("Holder", "string", ".status.summary", "Who holds a slot, in which phase, since when.", 0),
                    column("Waiting", "integer", ".status.waiting", "How many machines wait for a slot.", 0),
                    column("Members", "integer", ".status.members", "How many nodes are members.", 1),
                    column("Unready", "integer", ".status.unready", "How many members are NotReady without a slot.", 1),
                    column("Ready", "string", condition("Ready"), "Whether the group is accepted and served.", 0),
                    column("Degraded", "string", condition("Degraded"), "Whether a person should look.", 0),
                    column("Age", "date", ".metadata.creationTimestamp", "When the group was made.", 0));
        }

        @Override
        void finish(JSONSchemaProps root) {
            root.setDescription(
                    "Says which machines may reboot and how many at a time; its status shows, and is, who holds a slot.");
            JSONSchemaProps spec = spec(root);
            selector(at(spec, "nodeSelector"));
            JSONSchemaProps slots = at(spec, "slots");
            slots.setMaxLength(16L);
            slots.setDefault(JSON.numberNode(RebootGroupDefaults.SLOTS));
            at(spec, "drain").setDefault(JSON.objectNode());
            selector(at(spec, "drain", "podSelector"));
            at(spec, "verify").setDefault(JSON.objectNode());
            keyedBy(at(spec, "verify", "checks"), "name");
            at(spec, "clientSecretRef").setXKubernetesMapType("atomic");

            JSONSchemaProps status = status(root);
            at(status, "waitingBy").setMaxProperties(64L);
            keyedBy(at(status, "holders"), "token");
            keyedBy(at(status, "failed"), "token");
            keyedBy(at(status, "backoff"), "id");
            items(at(status, "holders"), "drain", "blockedBy").setXKubernetesListType("atomic");
            conditions(at(status, "conditions"));
        }
    },
    UPDATE_GRAPH(UpdateGraph.class) {
        @Override
        List<CustomResourceColumnDefinition> columns() {
            return List.of(
                    column("Newest", "string", ".status.summary", "The newest release of each stream.", 0),
                    column("Ready", "string", condition("Ready"), "Whether every stream is served.", 0),
                    column("Degraded", "string", condition("Degraded"), "Whether a person should look.", 0),
                    column("Refreshed", "date", ".status.lastRefresh", "When the source was last read.", 0),
                    column("Age", "date", ".metadata.creationTimestamp", "When the graph was made.", 0));
        }

        @Override
        void finish(JSONSchemaProps root) {
            root.setDescription("Says which releases exist, and where that is published.");
            JSONSchemaProps spec = spec(root);
            at(spec, "source").setDefault(JSON.objectNode().set("metadata", JSON.objectNode()));
            at(spec, "source", "configMap").setXKubernetesMapType("atomic");
            JSONSchemaProps streams = at(spec, "streams");
            set(streams, 63);
            ArrayNode names = JSON.arrayNode();
            UpdateGraphDefaults.STREAMS.forEach(names::add);
            streams.setDefault(names);
            JSONSchemaProps architectures = at(spec, "architectures");
            set(architectures, 32);
            ArrayNode all = JSON.arrayNode();
            UpdateGraphDefaults.ARCHITECTURES.forEach(a -> all.add(a.name()));
            architectures.setDefault(all);

            JSONSchemaProps status = status(root);
            keyedBy(at(status, "scopes"), "stream", "architecture", "scheme");
            keyedBy(at(status, "doubtful"), "stream");
            JSONSchemaProps reasons = items(at(status, "doubtful"), "reasons");
            reasons.setXKubernetesListType("atomic");
            reasons.getItems().getSchema().setMaxLength(512L);
            conditions(at(status, "conditions"));
        }
    },
    STREAM_PIN(StreamPin.class) {
        @Override
        List<CustomResourceColumnDefinition> columns() {
            return List.of(
                    column("Stream", "string", ".spec.stream", "The stream of its machines.", 0),
                    column("Target", "string", ".status.summary", "The release that its machines should run.", 0),
                    architecture("x86_64"),
                    architecture("aarch64"),
                    architecture("ppc64le"),
                    architecture("s390x"),
                    column("UpToDate", "string", condition("UpToDate"), "Whether no machine is behind.", 0),
                    column("Machines", "integer", ".status.machines", "How many machines it is for.", 1),
                    column("Behind", "integer", ".status.behind", "How many run an older release.", 1),
                    column(
                            "Held-Back",
                            "string",
                            condition("HeldBack"),
                            "Whether it keeps machines from a newer release.",
                            1),
                    column("Degraded", "string", condition("Degraded"), "Whether a person should look.", 0),
                    column("Priority", "integer", ".spec.priority", "The higher one wins.", 1),
                    column("Age", "date", ".metadata.creationTimestamp", "When the pin was made.", 0));
        }

        @Override
        void finish(JSONSchemaProps root) {
            root.setDescription("Says what a set of machines should run, and how fast they get there.");
            JSONSchemaProps spec = spec(root);
            selector(at(spec, "nodeSelector"));
            set(at(spec, "groups"), 63);

            JSONSchemaProps status = status(root);
            keyedBy(at(status, "architectures"), "architecture");
            keyedBy(items(at(status, "architectures"), "states"), "state");
            conditions(at(status, "conditions"));
        }

        private static CustomResourceColumnDefinition architecture(String name) {
            return column(
                    name.toUpperCase(Locale.ROOT),
                    "string",
                    ".status.architectures[?(@.architecture==\"" + name + "\")].summary",
                    "How many machines of " + name
                            + " run the release that they would end at if none were withheld, and how the roll goes.",
                    0);
        }
    },
    FLEET_RELEASE(FleetRelease.class) {
        @Override
        List<CustomResourceColumnDefinition> columns() {
            return List.of(
                    column("Stream", "string", ".status.stream", "The stream of the release.", 0),
                    column("Version", "string", ".status.version", "The version of the release.", 0),
                    column("Age", "date", ".metadata.creationTimestamp", "When the record was made.", 0),
                    column("Machines", "integer", ".status.machines", "How many machines run it.", 0),
                    column("Updated", "integer", ".status.updated", "How many came back healthy with it.", 0),
                    column("Failed", "integer", ".status.failed", "How many of the kept verdicts are failures.", 0),
                    state("x86_64"),
                    state("aarch64"),
                    state("ppc64le"),
                    state("s390x"),
                    column("First-Seen", "date", ".status.firstSeen", "When it was first seen.", 1),
                    column(
                            "Rollout-Completed",
                            "date",
                            ".status.rolloutCompleted",
                            "When its rollout was first seen to be open to all.",
                            1),
                    column("Withheld", "string", ".status.summary", "What it is withheld from and why.", 1));
        }

        @Override
        void finish(JSONSchemaProps root) {
            root.setDescription("What this fleet knows of one release; people withhold it here.");
            JSONSchemaProps block = at(spec(root), "block");
            block.setXKubernetesListType("atomic");
            set(items(block, "architectures"), 32);
            JSONSchemaProps accept = at(spec(root), "accept");
            accept.setXKubernetesListType("atomic");
            set(items(accept, "architectures"), 32);
            JSONSchemaProps architectures = at(status(root), "architectures");
            keyedBy(architectures, "architecture");
            keyedBy(items(architectures, "evidence"), "token");
        }

        private static CustomResourceColumnDefinition state(String architecture) {
            return column(
                    architecture.toUpperCase(Locale.ROOT),
                    "string",
                    ".status.architectures[?(@.architecture==\"" + architecture + "\")].state",
                    "How it does on " + architecture + ".",
                    0);
        }
    },
    FLEET_MACHINE(FleetMachine.class) {
        @Override
        List<CustomResourceColumnDefinition> columns() {
            return List.of(
                    column("Node", "string", ".status.node", "Its Node; none for a machine that is no node.", 0),
                    column("Group", "string", ".status.group", "The RebootGroup that serves it.", 0),
                    column("Stream", "string", ".status.stream", "The stream that it follows.", 0),
                    column("Arch", "string", ".status.architecture", "Its architecture.", 0),
                    column("Version", "string", ".status.version", "The release that it runs.", 0),
                    column("Offered", "string", ".status.offered", "The release that it was offered.", 0),
                    column("State", "string", ".status.state", "How it stands.", 0),
                    column("Since", "date", ".status.since", "Since when it stands so.", 0),
                    column("Pin", "string", ".status.pin", "The StreamPin that is for it.", 1),
                    column("User", "string", ".status.displayName", "The user name that its agent sends.", 1),
                    column("Last-Seen", "date", ".status.lastSeen", "When its agent was last heard of.", 1),
                    column("Message", "string", ".status.message", "Why it is offered what it is offered.", 1),
                    column("Age", "date", ".metadata.creationTimestamp", "When the record was made.", 1));
        }

        @Override
        void finish(JSONSchemaProps root) {
            root.setDescription("One machine, as its agent and its node show it. Written by Lockkeeper only.");
            JSONSchemaProps status = status(root);
            keyedBy(at(status, "offers"), "version");
            at(status, "history").setXKubernetesListType("atomic");
            keyedBy(at(status, "updates"), "token");
        }
    },
    POOL_WINDOW(PoolWindow.class) {
        @Override
        List<CustomResourceColumnDefinition> columns() {
            return List.of(
                    column("Pool", "string", ".spec.pool", "The MachineConfigPool that it is for.", 0),
                    column("State", "string", ".status.state", "How the pool stands towards its windows.", 0),
                    column("Machines", "integer", ".status.machines.total", "How many machines the pool has.", 0),
                    column("Updated", "integer", ".status.machines.updated", "How many run what they should.", 0),
                    column("Degraded", "integer", ".status.machines.degraded", "How many could not be updated.", 0),
                    // Not as a date: kubectl shows one that is still to come as <invalid>.
                    column("Next-Change", "string", ".status.nextChange", "When it is opened or paused next.", 0),
                    column("Ready", "string", condition("Ready"), "Whether the pool is opened and paused by it.", 0),
                    column("Update-Waiting", "boolean", ".status.updateWaiting", "Whether an update waits.", 1),
                    column("Must-Open-By", "string", ".status.mustOpenBy", "When maxPause opens it.", 1),
                    column("Age", "date", ".metadata.creationTimestamp", "When it was made.", 0));
        }

        @Override
        void finish(JSONSchemaProps root) {
            root.setDescription(
                    "Says when a MachineConfigPool of OKD may update its machines: Lockkeeper pauses it in between.");
            JSONSchemaProps spec = spec(root);
            spec.setDefault(null);
            root.setRequired(List.of("spec"));
            at(spec, "windows").setXKubernetesListType("atomic");
            at(spec, "freezes").setXKubernetesListType("atomic");
            JSONSchemaProps status = status(root);
            at(status, "versions").setXKubernetesListType("atomic");
            conditions(at(status, "conditions"));
        }
    };

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Class<? extends CustomResource<?, ?>> model;

    CrdKinds(Class<? extends CustomResource<?, ?>> model) {
        this.model = model;
    }

    Class<? extends CustomResource<?, ?>> model() {
        return model;
    }

    /** The file that users apply. */
    String file() {
        return CustomResource.getCRDName(model) + "-v1.yml";
    }

    abstract List<CustomResourceColumnDefinition> columns();

    abstract void finish(JSONSchemaProps root);

    private static JSONSchemaProps spec(JSONSchemaProps root) {
        JSONSchemaProps spec = at(root, "spec");
        spec.setDescription("What is asked for.");
        spec.setDefault(JSON.objectNode());
        return spec;
    }

    private static JSONSchemaProps status(JSONSchemaProps root) {
        JSONSchemaProps status = at(root, "status");
        status.setDescription("What is so. Written by Lockkeeper only.");
        return status;
    }
}
