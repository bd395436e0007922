package dev.lockkeeper.operator;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.lockkeeper.operator.kube.FleetWriter;
import dev.lockkeeper.operator.kube.KubeGroupStore;
import dev.lockkeeper.operator.kube.MachineCache;
import dev.lockkeeper.operator.kube.NodeWriter;
import dev.lockkeeper.operator.kube.Patch;
import dev.lockkeeper.operator.kube.PoolObjects;
import dev.lockkeeper.operator.kube.StatusBoard;
import dev.lockkeeper.operator.kube.StreamMaps;
import dev.lockkeeper.operator.lock.Cordons;
import dev.lockkeeper.operator.lock.Drain;
import dev.lockkeeper.operator.lock.GroupWork;
import dev.lockkeeper.operator.lock.LockService;
import dev.lockkeeper.operator.lock.Pods;
import dev.lockkeeper.operator.observe.KubeEvents;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;

/** Keeps the rules of the house: who may know whom, who may write, and what no class may have. */
@AnalyzeClasses(packages = "dev.lockkeeper", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTest {

    private static final String FLEETLOCK = "dev.lockkeeper.fleetlock..";
    private static final String CINCINNATI = "dev.lockkeeper.cincinnati..";
    private static final String CRDS = "dev.lockkeeper.crds..";
    private static final String OPERATOR = "dev.lockkeeper.operator..";
    private static final String HTTP = "dev.lockkeeper.operator.http..";
    private static final String LOCK = "dev.lockkeeper.operator.lock..";
    private static final String HEALTH = "dev.lockkeeper.operator.health..";
    private static final String GRAPH = "dev.lockkeeper.operator.graph..";
    private static final String KUBE = "dev.lockkeeper.operator.kube..";
    private static final String POOL = "dev.lockkeeper.operator.pool..";
    private static final String OBSERVE = "dev.lockkeeper.operator.observe..";
    private static final String KUBERNETES_CLIENT = "io.fabric8.kubernetes.client..";

    // ---- who may know whom

    @ArchTest
    static final ArchRule fleetlockIsPlainJava = classes()
            .that()
            .resideInAPackage(FLEETLOCK)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "com.fasterxml.jackson.core..", FLEETLOCK)
            .because("the protocol and the semaphore can then be tested, and trusted, without Kubernetes and Quarkus");

    @ArchTest
    static final ArchRule cincinnatiIsPlainJava = classes()
            .that()
            .resideInAPackage(CINCINNATI)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "com.fasterxml.jackson..", CINCINNATI)
            .because(
                    "which release a machine is offered can then be tested, and trusted, without Kubernetes and Quarkus");

    @ArchTest
    static final ArchRule crdsKnowNothingOfTheOperator = noClasses()
            .that()
            .resideInAPackage(CRDS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(OPERATOR, FLEETLOCK, CINCINNATI)
            .because("a package never reaches up: others use the model of the API without the operator");

    @ArchTest
    static final ArchRule decisionsSeeNoFramework = noClasses()
            .that()
            .resideInAnyPackage(LOCK, HEALTH, POOL)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(KUBERNETES_CLIENT, "io.javaoperatorsdk..", "io.quarkus..", "io.vertx..", "jakarta..")
            .because("decisions are functions over records: I/O stays behind the ports that kube and http implement");

    @ArchTest
    static final ArchRule lockKnowsNoAdapters = noClasses()
            .that()
            .resideInAPackage(LOCK)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(HTTP, KUBE, OBSERVE)
            .because("adapters know the lock, never the other way round");

    @ArchTest
    static final ArchRule poolsAreNothingToTheLock = noClasses()
            .that()
            .resideInAnyPackage(LOCK, HEALTH, GRAPH, HTTP)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(POOL)
            .because("on OKD no agent asks: what is done for pools must never find its way into a drain or a grant");

    @ArchTest
    static final ArchRule poolsTouchNoNode = noClasses()
            .that()
            .resideInAPackage(POOL)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(HTTP, KUBE, OBSERVE)
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(Cordons.class, Pods.class, Drain.class, GroupWork.class, LockService.class)
            .because("there the machine-config-operator cordons and drains; Lockkeeper pauses pools, and reads nodes");

    @ArchTest
    static final ArchRule healthKnowsNoOtherRoom = noClasses()
            .that()
            .resideInAPackage(HEALTH)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(HTTP, KUBE, LOCK, OBSERVE)
            .because("a verdict hangs on the evidence that it is given, and on nothing else");

    @ArchTest
    static final ArchRule httpOnlyParsesAsksAndAnswers = noClasses()
            .that()
            .resideInAPackage(HTTP)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(KUBE, KUBERNETES_CLIENT)
            .because("a handler asks the lock; it never speaks to the API server itself");

    // ---- who may write

    @ArchTest
    static final ArchRule onlyTheKubeRoomSpeaksToTheApi = noClasses()
            .that()
            .resideInAPackage(OPERATOR)
            .and()
            .resideOutsideOfPackage(KUBE)
            .and()
            // They make the clients and hand them on, but call nothing on them.
            .doNotBelongToAnyOf(Assembly.class, GraphAssembly.class, PoolAssembly.class)
            .and()
            // It writes Events, by a single request each.
            .doNotBelongToAnyOf(KubeEvents.class)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(KUBERNETES_CLIENT)
            .because("whoever wants to know what Lockkeeper does to a cluster must have one room to read");

    @ArchTest
    static final ArchRule oneWriterOfStatus = noClasses()
            .that()
            .doNotBelongToAnyOf(KubeGroupStore.class)
            .should()
            .accessTargetWhere(calls("updateStatus", "patchStatus", "patchResourceAndStatus", "editStatus"))
            .because(
                    "holders live in RebootGroup.status: a second writer, such as a reconciler, could lose or invent one");

    @ArchTest
    static final ArchRule eachPatchHasItsWriter = noClasses()
            .that()
            // FleetMachines, Nodes, the annotations of RebootGroups, Events, and OKD's pools.
            .doNotBelongToAnyOf(
                    MachineCache.class, NodeWriter.class, StatusBoard.class, KubeEvents.class, PoolObjects.class)
            .and()
            .doNotHaveSimpleName("StatusPatch")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Patch.class)
            .because("each kind has one writer: whoever patches a second one must be seen here");

    @ArchTest
    static final ArchRule eachStatusHasItsWriter = noClasses()
            .that()
            // StreamPins and FleetReleases, UpdateGraphs, and PoolWindows.
            .doNotBelongToAnyOf(FleetWriter.class, StreamMaps.class, PoolObjects.class)
            .should()
            .dependOnClassesThat()
            .haveSimpleName("StatusPatch")
            .because("each status has one writer: whoever writes a second one must be seen here");

    @ArchTest
    static final ArchRule nothingThatRetriesOrOverwrites = noClasses()
            .should()
            .accessTargetWhere(calls(
                    "replace",
                    "replaceStatus",
                    "edit",
                    "editStatus",
                    "patchStatus",
                    "createOr",
                    "createOrReplace",
                    "serverSideApply",
                    "forceConflicts"))
            .because("these retry in silence, or write without the resourceVersion that was decided on");

    // ---- what no class may have

    @ArchTest
    static final ArchRule timeIsPassedIn = noClasses()
            .that()
            .resideInAnyPackage(FLEETLOCK, LOCK, HEALTH, POOL)
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Clock.class, "systemDefaultZone")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .because("a decision that reads the clock of the machine cannot be tested, and waiting is done by timers");

    @ArchTest
    static final ArchRule staticFieldsAreFinal = fields().that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat()
            .resideInAnyPackage(OPERATOR, FLEETLOCK, CRDS)
            .should()
            .beFinal()
            .because("static mutable state outlives what it belongs to, and ties tests together");

    @ArchTest
    static final ArchRule staticFieldsHoldNoChangingThing = noFields()
            .that()
            .areStatic()
            .should()
            .haveRawType(resideInAPackage("java.util.concurrent.."))
            .because("a final counter or map in a static field is static mutable state all the same");

    @ArchTest
    static final ArchRule namesSayWhatAClassIsFor = noClasses()
            .should()
            .haveSimpleNameContaining("Util")
            .orShould()
            .haveSimpleNameContaining("Helper")
            .orShould()
            .haveSimpleNameContaining("Manager")
            .orShould()
            .resideInAnyPackage("..util..", "..utils..", "..helper..", "..helpers..", "..manager..")
            .because("such a name says nothing, and such a class collects everything");

    private static DescribedPredicate<JavaAccess<?>> calls(String... methods) {
        Set<String> names = Set.of(methods);
        return describe(
                "a Kubernetes library's " + String.join(", ", methods),
                access -> names.contains(access.getTarget().getName())
                        && isOfKubernetes(access.getTarget().getOwner().getPackageName()));
    }

    private static boolean isOfKubernetes(String owner) {
        return owner.startsWith("io.fabric8.kubernetes.client") || owner.startsWith("io.javaoperatorsdk");
    }
}
