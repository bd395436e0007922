package dev.lockkeeper.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CrashPointTest {

    private final AtomicInteger crashes = new AtomicInteger();

    @ParameterizedTest
    @EnumSource
    void haltsAtTheNamedStepAlone(CrashPoint.Step armed) {
        CrashPoint point = new CrashPoint(Optional.of(armed.name()), crashes::incrementAndGet);
        Arrays.stream(CrashPoint.Step.values()).filter(s -> s != armed).forEach(s -> point.at(s.name()));
        assertThat(crashes).hasValue(0);
        point.at(armed.name());
        assertThat(crashes).hasValue(1);
    }

    @Test
    void neverHaltsUnlessArmed() {
        CrashPoint point = new CrashPoint(Optional.empty(), crashes::incrementAndGet);
        Arrays.stream(CrashPoint.Step.values()).forEach(s -> point.at(s.name()));
        assertThat(crashes).hasValue(0);
    }

    @Test
    void anUnknownStepEndsTheStartWithTheListOfSteps() {
        assertThatThrownBy(() -> new CrashPoint(Optional.of("AFTER_LUNCH"), crashes::incrementAndGet))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lockkeeper.testing.halt-at is 'AFTER_LUNCH'")
                .hasMessageContaining("AFTER_TELL");
    }

    @Test
    void everyStepHasABeforeAndAnAfter() {
        List<String> names =
                Arrays.stream(CrashPoint.Step.values()).map(Enum::name).toList();
        assertThat(names)
                .allSatisfy(n -> assertThat(names)
                        .contains(
                                n.startsWith("BEFORE_")
                                        ? n.replace("BEFORE_", "AFTER_")
                                        : n.replace("AFTER_", "BEFORE_")));
    }

    /** The process is gone at once, without its shutdown hooks. */
    @Test
    void haltingIsDyingAsByASignal() throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Halting.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            String output =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(process.exitValue()).as(output).isEqualTo(137);
            assertThat(output).contains("AFTER_TELL").doesNotContain("hook ran");
        } finally {
            process.destroyForcibly();
        }
    }

    /** A process that is armed by a setting, as in a crash test. */
    static final class Halting {
        public static void main(String[] args) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook ran")));
            new CrashPoint(Optional.of("AFTER_TELL"), () -> Runtime.getRuntime().halt(CrashPoint.STATUS))
                    .at("AFTER_TELL");
        }
    }
}
