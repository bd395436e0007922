package dev.lockkeeper.operator.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.operator.http.WrongPasswords.When;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** Whose wrong passwords wait for their answer. */
class WrongPasswordsTest {

    private static final String SOURCE = "10.0.0.7";

    private Instant now = Instant.parse("2026-07-10T12:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final WrongPasswords passwords = new WrongPasswords(10, clock);

    private When wrong(String source) {
        return passwords.wrong(source).when();
    }

    private void spend(String source, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(wrong(source)).as("%s, %d", source, i).isEqualTo(When.AT_ONCE);
        }
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void tenAreAnsweredAtOnceAndTheNextIsHeld() {
        spend(SOURCE, 10);
        assertThat(wrong(SOURCE)).isEqualTo(When.HELD);
        spend("10.0.0.8", 10);
    }

    @Test
    void theBudgetIsRefilledEvenly() {
        spend(SOURCE, 10);
        pass(Duration.ofMillis(5_999));
        assertThat(wrong(SOURCE)).isEqualTo(When.HELD);
        pass(Duration.ofMillis(1));
        spend(SOURCE, 1);
        assertThat(wrong(SOURCE)).isEqualTo(When.HELD);
        pass(Duration.ofHours(1));
        spend(SOURCE, 10);
        assertThat(wrong(SOURCE)).as("never more than a minute's").isEqualTo(When.HELD);
    }

    @Test
    void anAgentWithAWrongPasswordIsNeverHeld() {
        // It asks again 5 minutes after a refusal, and looks for updates as often.
        for (int i = 0; i < 100; i++) {
            spend(SOURCE, 2);
            pass(Duration.ofMinutes(5));
        }
    }

    @Test
    void withoutABudgetEachOneIsHeld() {
        WrongPasswords none = new WrongPasswords(0, clock);
        assertThat(none.wrong(SOURCE).when()).isEqualTo(When.HELD);
        pass(Duration.ofHours(1));
        assertThat(none.wrong(SOURCE).when()).isEqualTo(When.HELD);
    }

    @Test
    void aClockThatIsSetBackTakesNothingAway() {
        spend(SOURCE, 5);
        pass(Duration.ofHours(-1));
        spend(SOURCE, 5);
        assertThat(wrong(SOURCE)).isEqualTo(When.HELD);
        pass(Duration.ofSeconds(6));
        spend(SOURCE, 1);
    }

    @Test
    void onlySoManyAreHeld() {
        spend(SOURCE, 10);
        for (int i = 0; i < WrongPasswords.MOST_HELD; i++) {
            assertThat(wrong(SOURCE)).isEqualTo(When.HELD);
        }
        assertThat(wrong(SOURCE)).isEqualTo(When.LAST);
        assertThat(wrong("10.0.0.8")).as("within its budget").isEqualTo(When.AT_ONCE);
        passwords.released();
        assertThat(wrong(SOURCE)).isEqualTo(When.HELD);
        assertThat(wrong(SOURCE)).isEqualTo(When.LAST);
    }

    @Test
    void onlySoManySourcesAreKept() {
        spend("first", 10);
        spend("second", 10);
        for (int i = 2; i < WrongPasswords.SOURCES; i++) {
            wrong("source-" + i);
        }
        assertThat(wrong("first")).as("now the latest").isEqualTo(When.HELD);
        assertThat(passwords.sources()).isEqualTo(WrongPasswords.SOURCES);
        wrong("one more");
        assertThat(passwords.sources()).isEqualTo(WrongPasswords.SOURCES);
        assertThat(wrong("first")).isEqualTo(When.HELD);
        assertThat(wrong("second")).as("forgotten").isEqualTo(When.AT_ONCE);
    }

    @Test
    void theLogIsToldOnceAMinute() {
        spend(SOURCE, 10);
        assertThat(passwords.wrong(SOURCE).tell()).isTrue();
        assertThat(passwords.wrong(SOURCE).tell()).isFalse();
        spend("10.0.0.8", 10);
        assertThat(passwords.wrong("10.0.0.8").tell()).isFalse();
        pass(Duration.ofMinutes(1));
        spend(SOURCE, 10);
        assertThat(passwords.wrong(SOURCE).tell()).isTrue();
    }
}
