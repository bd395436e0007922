package dev.lockkeeper.operator.graph;

import dev.lockkeeper.operator.graph.Fetched.Validators;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * Gets documents from where releases are published: within a time, up to a size, and only if they changed. Every failure is one
 * exception whose message a person understands; nothing is tried again here.
 */
final class Upstream implements AutoCloseable {

    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;

    private final HttpClient client;
    private final Duration limit;
    private final int most;

    /**
     * @param limit of the whole of one request, from the connection to the last byte
     * @param most of a body, in bytes
     * @param trust null: that of the JVM
     * @param proxy {@code http://host:port}; null: none
     */
    Upstream(Duration limit, int most, SSLContext trust, URI proxy) {
        this.limit = limit;
        this.most = most;
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(limit).followRedirects(HttpClient.Redirect.NORMAL);
        if (trust != null) {
            builder.sslContext(trust);
        }
        if (proxy != null) {
            builder.proxy(ProxySelector.of(new InetSocketAddress(proxy.getHost(), proxy.getPort())));
        }
        client = builder.build();
    }

    /** @param known of the document that is there already */
    Fetched fetch(URI address, Validators known) throws FetchException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address).timeout(limit).header("Accept", "application/json");
        Optional.ofNullable(known.etag()).ifPresent(etag -> request.header("If-None-Match", etag));
        Optional.ofNullable(known.lastModified()).ifPresent(time -> request.header("If-Modified-Since", time));
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request.build(), _ -> new BoundedBody(most));
        try {
            return fetched(address, answer.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new FetchException(address + " was not there after " + limit.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw failed(address, e.getCause());
        }
    }

    private Fetched fetched(URI address, HttpResponse<byte[]> response) throws FetchException {
        if (response.statusCode() == NOT_MODIFIED) {
            return new Fetched.NotModified();
        }
        if (response.statusCode() / 100 == 3) {
            throw new FetchException(address + " answered " + response.statusCode()
                    + ": it redirects more than five times, or from https to http.");
        }
        if (response.statusCode() != OK) {
            throw new FetchException(address + " answered " + response.statusCode());
        }
        String type = response.headers().firstValue("Content-Type").orElse("");
        if (type.startsWith("text/html")) {
            throw new FetchException(address + " answered with a page for people (" + type
                    + ") in place of JSON: is there a login page or proxy between?");
        }
        return new Fetched.Document(
                response.body(),
                new Validators(
                        response.headers().firstValue("ETag").orElse(null),
                        response.headers().firstValue("Last-Modified").orElse(null)));
    }

    private FetchException failed(URI address, Throwable cause) {
        if (cause instanceof BoundedBody.TooLong || cause.getCause() instanceof BoundedBody.TooLong) {
            return new FetchException(
                    address + " is larger than " + most + " bytes (lockkeeper.graph.max-bytes)", cause);
        }
        if (cause instanceof SSLException) {
            return new FetchException(
                    address + " is not trusted: " + cause.getMessage() + ". Name its authority in caBundle.", cause);
        }
        if (cause instanceof java.net.http.HttpTimeoutException) {
            return new FetchException(address + " was not there after " + limit.toSeconds() + " s", cause);
        }
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new FetchException(
                address + (cause instanceof IOException ? " cannot be reached: " : " cannot be had: ") + why, cause);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
