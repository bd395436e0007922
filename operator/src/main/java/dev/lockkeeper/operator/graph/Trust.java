package dev.lockkeeper.operator.graph;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Trusts the certificate authorities of the JVM, and those of a bundle besides. */
final class Trust {

    private Trust() {}

    /**
     * @param bundle certificates in PEM
     * @throws FetchException if it holds none, or one that cannot be read
     */
    static SSLContext of(String bundle) throws FetchException {
        try {
            Collection<? extends Certificate> certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(bundle.getBytes(StandardCharsets.UTF_8)));
            if (certificates.isEmpty()) {
                throw new FetchException("caBundle holds no certificate: give it as PEM.");
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (X509Certificate known : managerOf(null).getAcceptedIssuers()) {
                store.setCertificateEntry("jvm-" + store.size(), known);
            }
            for (Certificate own : certificates) {
                store.setCertificateEntry("own-" + store.size(), own);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {managerOf(store)}, null);
            return context;
        } catch (CertificateException e) {
            throw new FetchException("caBundle cannot be read: " + e.getMessage() + ". Give it as PEM.", e);
        } catch (GeneralSecurityException | IOException e) {
            throw new FetchException("caBundle cannot be used: " + e.getMessage(), e);
        }
    }

    private static X509TrustManager managerOf(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("no X.509 trust manager"));
    }
}
