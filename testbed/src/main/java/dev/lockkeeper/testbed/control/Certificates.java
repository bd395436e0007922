package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes the control plane's certificates, in a folder: one authority, and a key and certificate for each who needs one. RSA,
 * because the Java client reads no other kind of key from PKCS #8 files.
 */
final class Certificates {

    private final Path folder;
    private final KeyPair authority = keyPair();
    private final X500Name issuer = new X500Name("CN=lockkeeper-testbed");

    /** Writes {@code ca.pem}. */
    Certificates(Path folder) throws IOException {
        this.folder = folder;
        write("ca.pem", certificate(issuer, authority, true, false));
    }

    /** Writes {@code <name>.pem} and {@code <name>.key}. */
    void issue(String name, String subject) throws IOException {
        KeyPair keys = keyPair();
        write(name + ".pem", certificate(new X500Name(subject), keys, false, true));
        write(name + ".key", new JcaPKCS8Generator(keys.getPrivate(), null));
    }

    private X509CertificateHolder certificate(X500Name subject, KeyPair keys, boolean ca, boolean loopback)
            throws IOException {
        Instant now = Instant.now();
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    new BigInteger(64, new SecureRandom()),
                    Date.from(now.minus(1, ChronoUnit.HOURS)),
                    Date.from(now.plus(30, ChronoUnit.DAYS)),
                    subject,
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
            if (loopback) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
            }
            return builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(authority.getPrivate()));
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("this Java cannot sign certificates", e);
        }
    }

    private static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no RSA keys", e);
        }
    }

    private void write(String file, Object pem) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(pem);
        }
        Files.writeString(folder.resolve(file), text.toString());
    }
}
