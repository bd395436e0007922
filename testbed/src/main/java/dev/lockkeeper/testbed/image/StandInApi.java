package dev.lockkeeper.testbed.image;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupSpec;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.CustomResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Stores and lists objects over TLS as an API server does, and allows everything: enough for the operator to start. It proves nothing. */
final class StandInApi implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger("io.fabric8.mockwebserver");

    static final String NAMESPACE = "lockkeeper";
    static final String GROUP = "training";

    private final KubernetesMockServer server;
    private final Path authority;

    private StandInApi(KubernetesMockServer server, Path authority) {
        this.server = server;
        this.authority = authority;
    }

    /**
     * @param crds the folder of the CRDs' YAML
     * @param work where the certificate is put
     */
    static StandInApi start(Path crds, Path work) throws IOException, GeneralSecurityException {
        Map<ServerRequest, Queue<ServerResponse>> answers = new HashMap<>();
        KubernetesMockServer server = new KubernetesMockServer(
                new Context(), new MockWebServer(), answers, new KubernetesMixedDispatcher(answers), true);
        // It would log every request.
        LOG.setLevel(Level.WARNING);
        server.init();
        allow(
                server,
                "selfsubjectaccessreviews",
                new SelfSubjectAccessReviewBuilder()
                        .withNewStatus()
                        .withAllowed(true)
                        .endStatus()
                        .build());
        allow(
                server,
                "selfsubjectrulesreviews",
                new SelfSubjectRulesReviewBuilder()
                        .withNewStatus()
                        .addNewResourceRule()
                        .withApiGroups("*")
                        .withResources("*")
                        .withVerbs("*")
                        .endResourceRule()
                        .endStatus()
                        .build());
        try (KubernetesClient client = server.createClient()) {
            fill(server, client, crds);
        }
        Path authority = work.resolve("ca.crt");
        Files.writeString(authority, pem(certificate(server.getPort())));
        return new StandInApi(server, authority);
    }

    private static void allow(KubernetesMockServer server, String review, HasMetadata answer) {
        server.expect()
                .post()
                .withPath("/apis/authorization.k8s.io/v1/" + review)
                .andReturn(201, answer)
                .always();
    }

    private static void fill(KubernetesMockServer server, KubernetesClient client, Path crds) throws IOException {
        try (Stream<Path> files = Files.list(crds)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yml")).toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    CustomResourceDefinition crd = client.apiextensions()
                            .v1()
                            .customResourceDefinitions()
                            .load(in)
                            .item();
                    server.expectCustomResource(CustomResourceDefinitionContext.fromCrd(crd));
                    client.resource(established(crd)).create();
                }
            }
        }
        client.resource(node()).create();
        RebootGroup group = new RebootGroup();
        // The stand-in does not know server-side apply, by which a group gets it.
        group.setMetadata(new ObjectMetaBuilder()
                .withName(GROUP)
                .withFinalizers(RebootGroup.FINALIZER)
                .build());
        group.setSpec(new RebootGroupSpec());
        client.resource(group).create();
    }

    private static CustomResourceDefinition established(CustomResourceDefinition crd) {
        return new CustomResourceDefinitionBuilder(crd)
                .withNewStatus()
                .addNewCondition()
                .withType("Established")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }

    private static Node node() {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("training-1")
                .endMetadata()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .withNewNodeInfo()
                .withMachineID("0123456789abcdef0123456789abcdef")
                .withOsImage("Fedora CoreOS 44.20260621.3.1")
                .withArchitecture("amd64")
                .endNodeInfo()
                .endStatus()
                .build();
    }

    /** For a client that checks the server's certificate, as one in a cluster does. */
    Map<String, String> clientSettings() {
        return Map.of(
                "KUBERNETES_MASTER", "https://localhost:" + server.getPort() + "/",
                "KUBERNETES_CERTS_CA_FILE", authority.toString(),
                "KUBERNETES_AUTH_TOKEN", "training",
                "KUBERNETES_AUTH_TRYKUBECONFIG", "false",
                // Under emulation all is slow.
                "QUARKUS_KUBERNETES_CLIENT_CONNECTION_TIMEOUT", "PT2M",
                "QUARKUS_KUBERNETES_CLIENT_REQUEST_TIMEOUT", "PT2M");
    }

    private static Certificate certificate(int port) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        try (Socket plain = new Socket("localhost", port);
                SSLSocket socket =
                        (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true)) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private static String pem(Certificate certificate) throws GeneralSecurityException {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    @Override
    public void close() {
        server.destroy();
    }

    /** Its certificate is made anew at every start and nobody signed it. */
    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String algorithm) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String algorithm) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
