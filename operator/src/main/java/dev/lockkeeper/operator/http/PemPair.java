package dev.lockkeeper.operator.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server's certificate with its private key, as a Secret of type {@code kubernetes.io/tls} has them in PEM: RSA, EC or Ed25519, the
 * key in PKCS #8 or in the older forms PKCS #1 and SEC 1, which some issuers still write.
 *
 * @param chain the server's own certificate, then those of its issuers
 */
record PemPair(List<X509Certificate> chain, PrivateKey key) {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]*+)-----END \\1-----");
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PKCS8 = "PRIVATE KEY";
    private static final List<String> WITHOUT_ALGORITHM = List.of("RSA PRIVATE KEY", "EC PRIVATE KEY");
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    private static final byte[] PROBE =
            "whether key and certificate belong together".getBytes(StandardCharsets.US_ASCII);

    /** The pair cannot be served; the message says why, as the end of a sentence. */
    static final class BadPairException extends Exception {
        private static final long serialVersionUID = 1L;

        BadPairException(String why) {
            super(why);
        }

        BadPairException(String why, Throwable cause) {
            super(why, cause);
        }
    }

    /**
     * @param certificates PEM: the server's own certificate first
     * @param key PEM, without a passphrase
     * @throws BadPairException if one of them cannot be read, or they do not belong together
     */
    static PemPair parse(byte[] certificates, byte[] key) throws BadPairException {
        List<X509Certificate> chain = chain(blocks(certificates));
        PublicKey its = chain.getFirst().getPublicKey();
        PrivateKey read = key(new String(key, StandardCharsets.ISO_8859_1), blocks(key), its);
        if (!belongTogether(read, its)) {
            throw new BadPairException("the key is not that of the first certificate, which must be the server's own");
        }
        return new PemPair(chain, read);
    }

    /** When the server's own certificate ends. */
    Instant expires() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /** Why agents would not accept the server's own certificate now, as the end of a sentence; null if its time is right. */
    String untimely(Instant now) {
        Instant from = chain.getFirst().getNotBefore().toInstant();
        if (from.isAfter(now)) {
            return "the certificate is not valid before " + from;
        }
        return expires().isBefore(now) ? "the certificate has expired at " + expires() : null;
    }

    private record Block(String label, byte[] der) {}

    private static List<Block> blocks(byte[] pem) throws BadPairException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            try {
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
            } catch (IllegalArgumentException e) {
                throw new BadPairException("a block " + matcher.group(1) + " is not well-formed PEM", e);
            }
        }
        return blocks;
    }

    private static List<X509Certificate> chain(List<Block> blocks) throws BadPairException {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks) {
                if (block.label().equals(CERTIFICATE)) {
                    chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der())));
                }
            }
        } catch (CertificateException e) {
            throw new BadPairException("a certificate cannot be read (" + e.getMessage() + ")", e);
        }
        if (chain.isEmpty()) {
            throw new BadPairException("the certificate's file has no block CERTIFICATE");
        }
        return List.copyOf(chain);
    }

    private static PrivateKey key(String pem, List<Block> blocks, PublicKey its) throws BadPairException {
        if (pem.contains("ENCRYPTED")) {
            throw new BadPairException("the key is encrypted: give it without a passphrase");
        }
        for (Block block : blocks) {
            if (block.label().equals(PKCS8)) {
                return key(block.der(), its);
            }
            if (WITHOUT_ALGORITHM.contains(block.label())) {
                return key(pkcs8(block.der(), its), its);
            }
        }
        throw new BadPairException("the key's file has no block PRIVATE KEY");
    }

    private static PrivateKey key(byte[] pkcs8, PublicKey its) throws BadPairException {
        try {
            return KeyFactory.getInstance(its.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new BadPairException(
                    "the key cannot be read as one of type " + its.getAlgorithm() + ", as the certificate's is", e);
        }
    }

    /** Wraps a key that does not say its algorithm: that stands in the certificate's public key, the curve too. */
    private static byte[] pkcs8(byte[] key, PublicKey its) {
        byte[] spki = its.getEncoded();
        int algorithm = contentAt(spki, 0);
        int end = contentAt(spki, algorithm) + lengthAt(spki, algorithm);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(VERSION_0);
        content.write(spki, algorithm, end - algorithm);
        content.writeBytes(tagged(OCTET_STRING, key));
        return tagged(SEQUENCE, content.toByteArray());
    }

    // ---- DER, of what Java itself encoded

    private static int contentAt(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int lengthAt(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = at + 2; i < contentAt(der, at); i++) {
            length = length << 8 | der[i] & 0xff;
        }
        return length;
    }

    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream der = new ByteArrayOutputStream();
        der.write(tag);
        if (content.length < 0x80) {
            der.write(content.length);
        } else {
            int bytes = content.length < 0x100 ? 1 : content.length < 0x10000 ? 2 : 3;
            der.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                der.write(content.length >> 8 * i);
            }
        }
        der.writeBytes(content);
        return der.toByteArray();
    }

    private static boolean belongTogether(PrivateKey key, PublicKey its) throws BadPairException {
        String algorithm = switch (its.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519" -> "Ed25519";
            default ->
                throw new BadPairException(
                        "the certificate's key is of type " + its.getAlgorithm() + ", not RSA, EC or Ed25519");
        };
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(PROBE);
            byte[] signature = signer.sign();
            signer.initVerify(its);
            signer.update(PROBE);
            return signer.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Without the key, so that no log line can show it. */
    @Override
    public String toString() {
        return "PemPair[" + chain.getFirst().getSubjectX500Principal() + ", until " + expires() + "]";
    }
}
