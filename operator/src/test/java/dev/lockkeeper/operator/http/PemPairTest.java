package dev.lockkeeper.operator.http;

import static dev.lockkeeper.operator.http.TestingAuthority.NOW;
import static dev.lockkeeper.operator.http.TestingAuthority.days;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockkeeper.operator.http.PemPair.BadPairException;
import dev.lockkeeper.operator.http.TestingAuthority.Issued;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which certificates and keys can be served, and what is said of those that cannot. */
class PemPairTest {

    private static final TestingAuthority AUTHORITY = new TestingAuthority();
    private static final Issued RSA = AUTHORITY.issue("RSA");
    private static final Issued EC = AUTHORITY.issue("EC");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] joined(byte[]... parts) {
        StringBuilder text = new StringBuilder();
        for (byte[] part : parts) {
            text.append(new String(part, StandardCharsets.US_ASCII));
        }
        return bytes(text.toString());
    }

    private static void assertBad(byte[] certificate, byte[] key, String why) {
        assertThatThrownBy(() -> PemPair.parse(certificate, key))
                .isInstanceOf(BadPairException.class)
                .hasMessage(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void eachKindOfKeyIsRead(String algorithm) throws Exception {
        Issued issued = AUTHORITY.issue(algorithm);
        PemPair pair = PemPair.parse(issued.chain(), issued.key());
        assertThat(pair.key()).isEqualTo(issued.keys().getPrivate());
        assertThat(pair.chain()).containsExactly(issued.certificate());
        assertThat(pair.expires()).isEqualTo(issued.certificate().getNotAfter().toInstant());
    }

    @Test
    void keysInTheirOlderFormsAreRead() throws Exception {
        assertThat(new String(RSA.oldKey(), StandardCharsets.US_ASCII)).startsWith("-----BEGIN RSA PRIVATE KEY-----");
        assertThat(PemPair.parse(RSA.chain(), RSA.oldKey()).key())
                .isEqualTo(RSA.keys().getPrivate());
        assertThat(new String(EC.oldKey(), StandardCharsets.US_ASCII)).startsWith("-----BEGIN EC PRIVATE KEY-----");
        // As openssl ecparam writes it, which is still in many instructions.
        byte[] withParameters = joined(
                bytes("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"), EC.oldKey());
        assertThat(PemPair.parse(EC.chain(), withParameters).key().getEncoded()).isNotEmpty();
    }

    @Test
    void issuersFollowTheServersOwnCertificate() throws Exception {
        byte[] chain = joined(bytes("# the server\r\n"), RSA.chain(), bytes("\n\n"), AUTHORITY.pem());
        assertThat(PemPair.parse(chain, RSA.key()).chain()).hasSize(2).first().isEqualTo(RSA.certificate());
        assertBad(
                joined(AUTHORITY.pem(), EC.chain()),
                EC.key(),
                "the key is not that of the first certificate, which must be the server's own");
    }

    @Test
    void whatDoesNotBelongTogetherIsNamed() {
        assertBad(
                RSA.chain(),
                AUTHORITY.issue("RSA").key(),
                "the key is not that of the first certificate, which must be the server's own");
        assertBad(RSA.chain(), EC.key(), "the key cannot be read as one of type RSA, as the certificate's is");
        assertBad(EC.chain(), RSA.oldKey(), "the key cannot be read as one of type EC, as the certificate's is");
    }

    @Test
    void whatIsMissingOrBrokenIsNamed() {
        assertBad(bytes(""), RSA.key(), "the certificate's file has no block CERTIFICATE");
        assertBad(RSA.key(), RSA.key(), "the certificate's file has no block CERTIFICATE");
        assertBad(RSA.chain(), bytes(""), "the key's file has no block PRIVATE KEY");
        assertBad(RSA.chain(), RSA.chain(), "the key's file has no block PRIVATE KEY");
        byte[] half = new String(RSA.key(), StandardCharsets.US_ASCII)
                .substring(0, 400)
                .getBytes(StandardCharsets.US_ASCII);
        assertBad(RSA.chain(), half, "the key's file has no block PRIVATE KEY");
        byte[] nonsense = bytes("-----BEGIN PRIVATE KEY-----\n"
                + Base64.getEncoder().encodeToString(bytes("nonsense")) + "\n-----END PRIVATE KEY-----\n");
        assertBad(RSA.chain(), nonsense, "the key cannot be read as one of type RSA, as the certificate's is");
        assertThatThrownBy(() -> PemPair.parse(
                        bytes("-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n"), RSA.key()))
                .isInstanceOf(BadPairException.class)
                .hasMessageStartingWith("a certificate cannot be read (");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nbm9uc2Vuc2U=\n-----END ENCRYPTED PRIVATE KEY-----\n",
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nbm9uc2Vuc2U=\n"
                        + "-----END RSA PRIVATE KEY-----\n"
            })
    void aPassphraseCannotBeGiven(String key) {
        assertBad(RSA.chain(), bytes(key), "the key is encrypted: give it without a passphrase");
    }

    @Test
    void itsTimeIsToldFromTheClock() throws Exception {
        Issued issued = AUTHORITY.issue("EC", NOW, NOW.plus(days(2)));
        PemPair pair = PemPair.parse(issued.chain(), issued.key());
        assertThat(pair.untimely(NOW.plus(days(1)))).isNull();
        assertThat(pair.untimely(NOW.minus(days(1)))).startsWith("the certificate is not valid before 20");
        assertThat(pair.untimely(NOW.plus(days(3)))).startsWith("the certificate has expired at 20");
    }

    @Test
    void theKeyIsNotShown() throws Exception {
        assertThat(PemPair.parse(EC.chain(), EC.key())).asString().matches("PemPair\\[CN=server, until 20\\S+]");
        assertThat(EC.contents()).asString().matches("Contents\\[\\d+ and \\d+ bytes]");
    }
}
