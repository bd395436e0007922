package dev.lockkeeper.operator.http;

import static dev.lockkeeper.operator.http.TestingAuthority.NOW;
import static dev.lockkeeper.operator.http.TestingAuthority.days;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockkeeper.operator.http.PemPair.BadPairException;
import dev.lockkeeper.operator.http.Renewal.Look;
import dev.lockkeeper.operator.http.TestingAuthority.Issued;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which certificate is served, by what the files hold. */
class RenewalTest {

    private static final TestingAuthority AUTHORITY = new TestingAuthority();
    private static final Issued FIRST = AUTHORITY.issue("EC");
    private static final Issued SECOND = AUTHORITY.issue("EC");
    private static final PemFiles.Contents MIXED = new PemFiles.Contents(SECOND.chain(), FIRST.key());
    private static final String NOT_ITS_KEY =
            "the key is not that of the first certificate, which must be the server's own";

    private Renewal renewal;

    @BeforeEach
    void first() throws BadPairException {
        renewal = new Renewal(FIRST.contents());
    }

    private Look look(PemFiles.Contents seen) {
        return renewal.look(seen, NOW);
    }

    private void assertServed(Issued issued) {
        assertThat(renewal.pair().chain()).containsExactly(issued.certificate());
    }

    @Test
    void theFirstPairMustBeGood() {
        assertThatThrownBy(() -> new Renewal(MIXED)).hasMessage(NOT_ITS_KEY);
    }

    @Test
    void theSameContentIsNothingNew() {
        assertThat(look(FIRST.contents())).isEqualTo(new Look.Unchanged());
        assertServed(FIRST);
    }

    @Test
    void aGoodPairIsServed() {
        assertThat(look(SECOND.contents())).isInstanceOf(Look.Renewed.class);
        assertServed(SECOND);
        assertThat(look(SECOND.contents())).isEqualTo(new Look.Unchanged());
        assertThat(look(FIRST.contents())).as("back again").isInstanceOf(Look.Renewed.class);
        assertServed(FIRST);
    }

    @Test
    void aBadPairIsToldOnceAndTheOldOneStays() {
        assertThat(look(MIXED)).isEqualTo(new Look.Refused(NOT_ITS_KEY));
        assertThat(look(MIXED)).isEqualTo(new Look.Unchanged());
        PemFiles.Contents otherBad = new PemFiles.Contents(FIRST.chain(), SECOND.key());
        assertThat(look(otherBad)).as("another change").isEqualTo(new Look.Refused(NOT_ITS_KEY));
        assertServed(FIRST);
        assertThat(look(SECOND.contents())).isInstanceOf(Look.Renewed.class);
        assertServed(SECOND);
    }

    @Test
    void aBadPairIsToldAgainAfterTheGoodOneCameBack() {
        look(MIXED);
        assertThat(look(FIRST.contents())).isEqualTo(new Look.Unchanged());
        assertThat(look(MIXED)).isEqualTo(new Look.Refused(NOT_ITS_KEY));
    }

    @Test
    void filesThatCannotBeReadAreToldOnce() {
        assertThat(renewal.unreadable("gone")).isEqualTo(new Look.Refused("gone"));
        assertThat(renewal.unreadable("gone")).isEqualTo(new Look.Unchanged());
        assertThat(renewal.unreadable("no right")).isEqualTo(new Look.Refused("no right"));
        assertServed(FIRST);
        assertThat(look(FIRST.contents())).isEqualTo(new Look.Unchanged());
        assertThat(renewal.unreadable("no right")).isEqualTo(new Look.Refused("no right"));
    }

    @Test
    void anExpiredPairDoesNotReplaceOneThatIsValid() {
        Issued expired = AUTHORITY.issue("EC", NOW.minus(days(3)), NOW.minus(days(2)));
        assertThat(look(expired.contents()))
                .isInstanceOfSatisfying(
                        Look.Refused.class, r -> assertThat(r.why()).startsWith("the certificate has expired at"));
        assertServed(FIRST);
    }

    @Test
    void aPairThatIsNotValidYetIsServedOnceItIs() {
        Instant later = NOW.plusSeconds(60);
        Issued early = AUTHORITY.issue("EC", later, NOW.plus(days(1)));
        assertThat(look(early.contents())).isInstanceOf(Look.Refused.class);
        assertThat(renewal.look(early.contents(), NOW.plusSeconds(120))).isInstanceOf(Look.Renewed.class);
        assertServed(early);
    }

    @Test
    void ofTwoThatHaveExpiredTheNewOneIsServed() throws BadPairException {
        renewal = new Renewal(
                AUTHORITY.issue("EC", NOW.minus(days(3)), NOW.minus(days(2))).contents());
        Issued alsoExpired = AUTHORITY.issue("EC", NOW.minus(days(3)), NOW.minus(days(1)));
        assertThat(look(alsoExpired.contents())).isInstanceOf(Look.Renewed.class);
        assertServed(alsoExpired);
    }
}
