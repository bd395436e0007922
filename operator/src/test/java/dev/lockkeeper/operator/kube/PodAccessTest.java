package dev.lockkeeper.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.operator.lock.PodRemoval;
import dev.lockkeeper.operator.lock.PodView;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How answers are read; the texts are those of a Kubernetes 1.34 API server. */
class PodAccessTest {

    @Test
    void namesTheBudgetThatAllowsNoDisruption() {
        assertThat(outcome(429, """
                {"kind": "Status", "status": "Failure", "code": 429, "reason": "TooManyRequests",
                 "message": "Cannot evict pod as it would violate the pod's disruption budget.",
                 "details": {"causes": [{"reason": "DisruptionBudget",
                   "message": "The disruption budget pg needs 2 healthy pods and has 2 currently"}]}}""")).isEqualTo(new PodRemoval.Refused("pg", "0 disruptions allowed"));
    }

    @Test
    void keepsWhatElseTheBudgetSays() {
        assertThat(outcome(429, """
                {"kind": "Status", "status": "Failure", "code": 429, "reason": "TooManyRequests",
                 "message": "Cannot evict pod as it would violate the pod's disruption budget.",
                 "details": {"retryAfterSeconds": 10, "causes": [{"reason": "DisruptionBudget",
                   "message": "The disruption budget my.pg is still being processed by the server."}]}}"""))
                .isEqualTo(new PodRemoval.Refused("my.pg", "is still being processed by the server."));
    }

    @Test
    void aRefusalThatNamesNoBudgetIsStillOne() {
        assertThat(outcome(429, """
                {"status": "Failure", "code": 429, "message": "Cannot evict pod.",
                 "details": {"causes": [{"reason": "DisruptionBudget"}]}}""")).isEqualTo(new PodRemoval.Refused(null, "0 disruptions allowed"));
        assertThat(outcome(429, """
                {"status": "Failure", "code": 429, "message": "Cannot evict pod.",
                 "details": {"causes": [{"reason": "DisruptionBudget", "message": "not today"}]}}""")).isEqualTo(new PodRemoval.Refused(null, "not today"));
    }

    @Test
    void anOverloadedServerIsNoBudget() {
        assertThat(outcome(429, """
                {"status": "Failure", "code": 429, "reason": "TooManyRequests",
                 "message": "Too many requests, please try again later.", "details": {"retryAfterSeconds": 1}}"""))
                .isEqualTo(new PodRemoval.Failed(429, "Too many requests, please try again later."));
    }

    @Test
    void tellsSeveralBudgetsFromOtherFaults() {
        assertThat(outcome(500, """
                {"status": "Failure", "code": 500, "message":
                 "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."}""")).isEqualTo(new PodRemoval.SeveralBudgets());
        assertThat(outcome(500, """
                {"status": "Failure", "code": 500, "message": "Internal error occurred: failed calling webhook"}"""))
                .isEqualTo(new PodRemoval.Failed(500, "Internal error occurred: failed calling webhook"));
    }

    @Test
    void anotherPodOfTheSameNameMeansThatThisOneIsGone() {
        assertThat(outcome(404, """
                {"status": "Failure", "code": 404, "message": "pods \\"a\\" not found"}""")).isEqualTo(new PodRemoval.Gone());
        assertThat(outcome(409, """
                {"status": "Failure", "code": 409, "message": "Operation cannot be fulfilled on Pod \\"a\\": the UID in the precondition (u1) does not match the UID in record (u2). The object might have been deleted and then recreated"}""")).isEqualTo(new PodRemoval.Gone());
        assertThat(outcome(409, """
                {"status": "Failure", "code": 409, "message": "Operation cannot be fulfilled on pods \\"a\\": Precondition failed: UID in precondition: u1, UID in object meta: u2"}""")).isEqualTo(new PodRemoval.Gone());
        assertThat(outcome(409, """
                {"status": "Failure", "code": 409, "message": "the object has been modified"}""")).isEqualTo(new PodRemoval.Failed(409, "the object has been modified"));
    }

    @Test
    void tellsAnEndingNamespaceFromAMissingPermission() {
        assertThat(outcome(403, """
                {"status": "Failure", "code": 403, "message": "unable to create new content",
                 "details": {"causes": [{"reason": "NamespaceTerminating", "message": "namespace x is being terminated"}]}}""")).isEqualTo(new PodRemoval.NamespaceEnding());
        assertThat(outcome(403, """
                {"status": "Failure", "code": 403, "message": "cannot create resource pods/eviction"}""")).isEqualTo(new PodRemoval.Failed(403, "cannot create resource pods/eviction"));
    }

    @Test
    void aTimeOutIsNoAnswer() {
        KubernetesClientException timeout =
                new KubernetesClientException("The timeout period has been exceeded", -1, null);

        assertThat(PodAccess.outcome(timeout))
                .isEqualTo(new PodRemoval.Failed(0, "The timeout period has been exceeded"));
    }

    @Test
    void saysWhatWentWrongUnderneath() {
        KubernetesClientException refused = new KubernetesClientException(
                "An error has occurred.", new IOException("x", new ConnectException("Connection refused")));

        assertThat(PodAccess.outcome(refused)).isEqualTo(new PodRemoval.Failed(0, "Connection refused"));
    }

    @Test
    void readsAPod() {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace("db")
                .withName("pg-0")
                .withUid("u1")
                .withResourceVersion("7")
                .addToLabels("app", "pg")
                .addToAnnotations("kubernetes.io/config.mirror", "hash")
                .withDeletionTimestamp("2026-07-07T10:00:30Z")
                .withDeletionGracePeriodSeconds(30L)
                .withFinalizers("x/y")
                .addNewOwnerReference()
                .withKind("Backup")
                .endOwnerReference()
                .addNewOwnerReference()
                .withKind("StatefulSet")
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withPriority(5)
                .addNewVolume()
                .withName("v")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .endStatus()
                .build();

        assertThat(PodAccess.view(pod))
                .isEqualTo(new PodView(
                        "db",
                        "pg-0",
                        "u1",
                        "7",
                        Map.of("app", "pg"),
                        "Running",
                        "StatefulSet",
                        true,
                        true,
                        Instant.parse("2026-07-07T10:00:30Z"),
                        30L,
                        List.of("x/y"),
                        5));
    }

    @Test
    void readsAPodThatSaysLittle() {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace("db")
                .withName("bare")
                .withUid("u1")
                .addNewOwnerReference()
                .withKind("ConfigMap")
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build();

        assertThat(PodAccess.view(pod))
                .isEqualTo(new PodView(
                        "db", "bare", "u1", null, Map.of(), null, null, false, false, null, null, List.of(), 0));
    }

    private static PodRemoval outcome(int code, String status) {
        return PodAccess.outcome(code, Serialization.unmarshal(status, Status.class));
    }
}
