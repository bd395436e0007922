package dev.lockkeeper.operator.kube;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.net.URI;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends a patch as the one request that it is: the client's own {@code patch} reads the object first. It waits for an answer as long as
 * the client is configured to.
 */
public final class Patch {

    private Patch() {}

    /**
     * @param path of the object, without a leading slash
     * @param body a JSON merge patch (RFC 7386)
     * @return the object as it is then, as JSON
     * @throws KubernetesClientException with the answer's code, or with none if no answer came: then the outcome is unknown
     */
    public static String merge(KubernetesClient client, String path, String body) {
        return send(client, path, "application/merge-patch+json", body);
    }

    /**
     * @param path of the object, without a leading slash
     * @param body a JSON patch (RFC 6902); one of whose tests fails changes nothing and is answered 422
     * @throws KubernetesClientException with the answer's code, or with none if no answer came: then the outcome is unknown
     */
    public static void json(KubernetesClient client, String path, String body) {
        send(client, path, "application/json-patch+json", body);
    }

    private static String send(KubernetesClient client, String path, String type, String body) {
        int patience = client.getConfiguration().getRequestTimeout();
        URI uri = URI.create(client.getMasterUrl() + path);
        HttpRequest request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(uri)
                .method("PATCH", type, body)
                .timeout(patience, TimeUnit.MILLISECONDS)
                .build();
        HttpResponse<String> response;
        try {
            response = client.getHttpClient().sendAsync(request, String.class).get(patience, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new KubernetesClientException("PATCH " + uri + " got no answer within " + patience + " ms", e);
        } catch (ExecutionException e) {
            throw new KubernetesClientException("PATCH " + uri + " got no answer: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KubernetesClientException("PATCH " + uri + " was interrupted", e);
        }
        if (!response.isSuccessful()) {
            throw new KubernetesClientException(
                    "PATCH " + uri + " failed with " + response.code() + ": " + response.body(), response.code(), null);
        }
        return response.body();
    }
}
