package dev.lockkeeper.testbed.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);

    @Test
    void aStepIsOneLineAndShowsBeforeItIsDone() {
        Deque<Instant> times = new ArrayDeque<>(List.of(
                Instant.EPOCH, Instant.ofEpochSecond(238), Instant.ofEpochSecond(238), Instant.ofEpochSecond(247)));
        Progress progress = new Progress(out, times::remove, 2);
        progress.begin("first");
        assertThat(said.toString(StandardCharsets.UTF_8)).isEqualTo("[1/2] first ... ");
        progress.done();
        progress.begin("second");
        progress.failed();
        assertThat(said.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("[1/2] first ... done in 3m58s", "[2/2] second ... failed after 9s");
    }

    @Test
    void timesAreSpokenInMinutesAndSeconds() {
        assertThat(Progress.spoken(Duration.ofMillis(400))).isEqualTo("0s");
        assertThat(Progress.spoken(Duration.ofSeconds(59))).isEqualTo("59s");
        assertThat(Progress.spoken(Duration.ofSeconds(60))).isEqualTo("1m00s");
        assertThat(Progress.spoken(Duration.ofSeconds(3725))).isEqualTo("62m05s");
    }
}
