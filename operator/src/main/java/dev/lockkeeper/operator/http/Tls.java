package dev.lockkeeper.operator.http;

import dev.lockkeeper.operator.http.PemPair.BadPairException;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jboss.logging.Logger;

/**
 * TLS 1.2 and 1.3 on the agents' port: put before HTTP on each connection as it is accepted, so that a stranger who never ends a
 * handshake is counted and closed like any other. Looks at the files again and again; connections that stand keep what they began with.
 */
final class Tls implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Tls.class);

    static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
    /** Those with forward secrecy and authenticated encryption. */
    static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private static final Duration HANDSHAKE = Duration.ofSeconds(10);
    private static final int HANDSHAKE_THREADS = 2;
    private static final int FIRST_READS = 10;
    /** Agents come back every few minutes, and then need no whole handshake. */
    private static final Duration SESSION = Duration.ofHours(1);

    private static final int SESSIONS = 1_000;

    /** Is told what is served. */
    interface Observer {
        void serves(Instant expires);

        /** @param renewed false: the new pair cannot be served, or the files cannot be read */
        void looked(boolean renewed);
    }

    private final PemFiles files;
    private final Duration interval;
    private final Clock clock;
    private final Observer observer;
    /** The costly part of a handshake is not done on an event loop: held requests of others have their answers there. */
    private final ExecutorService handshakes = Executors.newFixedThreadPool(
            HANDSHAKE_THREADS,
            Thread.ofPlatform().name("handshake-", 1).daemon().factory());

    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("certificate").daemon().factory());

    private Renewal renewal;
    private volatile SslContext context;

    /** @param interval between two looks at the files */
    Tls(PemFiles files, Duration interval, Clock clock, Observer observer) {
        this.files = files;
        this.interval = interval;
        this.clock = clock;
        this.observer = observer;
    }

    /**
     * Reads the files for the first time, and goes on to look at them.
     *
     * @throws ConfigurationException if what they hold cannot be served
     */
    void start() {
        try {
            renewal = new Renewal(first());
            context = context(renewal.pair());
        } catch (IOException | BadPairException e) {
            throw new ConfigurationException("Agents cannot be served over TLS with " + files + ": " + e.getMessage()
                    + ". Correct lockkeeper.agent.tls.certificate and lockkeeper.agent.tls.key or what they point to.");
        }
        String untimely = renewal.pair().untimely(clock.instant());
        if (untimely != null) {
            LOG.warnf("Agents will refuse to speak to this server: %s. Renew %s.", untimely, files);
        }
        observer.serves(renewal.pair().expires());
        looks.scheduleWithFixedDelay(this::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private PemFiles.Contents first() throws IOException {
        for (int i = 0; i < FIRST_READS; i++) {
            var contents = files.read();
            if (contents.isPresent()) {
                return contents.get();
            }
        }
        throw new IOException("the files change all the time");
    }

    private void look() {
        try {
            Renewal.Look look;
            try {
                look = files.read()
                        .map(seen -> renewal.look(seen, clock.instant()))
                        .orElseGet(Renewal.Look.Unchanged::new);
            } catch (IOException e) {
                look = renewal.unreadable(e.getMessage());
            }
            switch (look) {
                case Renewal.Look.Unchanged _ -> {}
                case Renewal.Look.Renewed(PemPair pair) -> renewed(pair);
                case Renewal.Look.Refused(String why) -> refused(why);
            }
        } catch (RuntimeException e) {
            LOG.errorf(e, "a look at the certificate failed and is repeated");
        }
    }

    private void renewed(PemPair pair) {
        try {
            context = context(pair);
        } catch (BadPairException e) {
            refused(e.getMessage());
            return;
        }
        LOG.infof("Agents are served with a new certificate, valid until %s.", pair.expires());
        observer.serves(pair.expires());
        observer.looked(true);
    }

    private void refused(String why) {
        LOG.warnf("The certificate is not renewed, the one before is served on: %s. Correct %s.", why, files);
        observer.looked(false);
    }

    private static SslContext context(PemPair pair) throws BadPairException {
        try {
            return SslContextBuilder.forServer(pair.key(), pair.chain())
                    .sslProvider(SslProvider.JDK)
                    .protocols(PROTOCOLS)
                    .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .sessionCacheSize(SESSIONS)
                    .sessionTimeout(SESSION.toSeconds())
                    .build();
        } catch (SSLException | RuntimeException e) {
            throw new BadPairException("Java cannot serve the pair (" + e.getMessage() + ")", e);
        }
    }

    /** From its first byte on, the connection speaks TLS; whatever else comes ends it. To be called on its event loop. */
    void secure(Channel channel) {
        SslHandler handler = context.newHandler(channel.alloc(), handshakes);
        handler.setHandshakeTimeoutMillis(HANDSHAKE.toMillis());
        channel.pipeline().addFirst("tls", handler);
    }

    @Override
    public void close() {
        looks.shutdownNow();
        handshakes.shutdown();
    }
}
