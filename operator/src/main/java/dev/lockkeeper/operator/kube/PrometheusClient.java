package dev.lockkeeper.operator.kube;

import dev.lockkeeper.operator.graph.BoundedBody;
import dev.lockkeeper.operator.health.CheckResult;
import dev.lockkeeper.operator.health.PrometheusAnswer;
import dev.lockkeeper.operator.lock.Prometheus;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks Prometheus by its HTTP API. Redirects are not followed: what is asked is what a person wrote. */
public final class PrometheusClient implements Prometheus, AutoCloseable {

    /** The longest answer that is read, in bytes. */
    public static final int MOST = 64 * 1024;

    private final HttpClient client;
    private final Duration limit;

    /** @param limit of the whole of one request, from the connection to the last byte */
    public PrometheusClient(Duration limit) {
        this.limit = limit;
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(limit)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    @Override
    public CheckResult ask(String url, String query) {
        HttpRequest request;
        try {
            request = HttpRequest.newBuilder(address(url, query))
                    .timeout(limit)
                    .header("Accept", "application/json")
                    .build();
        } catch (IllegalArgumentException e) {
            return new CheckResult.Unanswerable("'" + url + "' is no address: " + e.getMessage());
        }
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, _ -> new BoundedBody(MOST));
        try {
            HttpResponse<byte[]> response = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return PrometheusAnswer.read(url, response.statusCode(), response.body());
        } catch (TimeoutException e) {
            answer.cancel(true);
            return late(url);
        } catch (ExecutionException e) {
            return failed(url, e.getCause());
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return new CheckResult.Unanswerable(url + " was not waited for: the operator stops");
        }
    }

    private static URI address(String url, String query) {
        String base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        return URI.create(base + "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
    }

    private CheckResult late(String url) {
        return new CheckResult.Unanswerable(url + " did not answer within " + limit.toMillis() / 1000.0 + " s");
    }

    private CheckResult failed(String url, Throwable cause) {
        if (cause instanceof BoundedBody.TooLong || cause.getCause() instanceof BoundedBody.TooLong) {
            return new CheckResult.Unanswerable(
                    url + " answered more than " + MOST / 1024 + " KiB: let the query return fewer series");
        }
        if (cause instanceof HttpTimeoutException) {
            return late(url);
        }
        return new CheckResult.Unanswerable(url + " cannot be reached: "
                + Objects.toString(cause.getMessage(), cause.getClass().getSimpleName()));
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
