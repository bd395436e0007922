package dev.lockkeeper.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.operator.lock.Cron;
import dev.lockkeeper.operator.lock.Timetable;
import dev.lockkeeper.operator.pool.PoolDecision.Change;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Some thousand lives of a pool, with people, updates and outages of the operator, against what is promised. */
class PoolHistoriesTest {

    private static final int HISTORIES = 5_000;
    private static final int STEPS = 100;

    private enum Pauser {
        NOBODY,
        PERSON,
        LOCKKEEPER
    }

    /** One pool, and beside it what a bystander remembers of who did what. */
    private static final class History {
        final long seed;
        final Random random;
        final List<String> told = new ArrayList<>();
        Instant now = Instant.parse("2026-07-01T00:00:00Z");
        PoolView pool = TestingPools.pool(false, Marks.NONE);
        WindowView server;
        Pauser pauser = Pauser.NOBODY;
        Instant pausedAt;
        /** The operator saw a person's pause or opening, and since then no pool that is open in a window. */
        boolean word;
        /** A person opened what Lockkeeper had paused, and the operator has not seen it yet. */
        boolean openedUnseen;

        Instant maxPauseOpenedAt;
        int release = 1;
        boolean up = true;

        History(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.server = server();
        }

        WindowView server() {
            List<Timetable.Opening> windows = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(2); i++) {
                windows.add(new Timetable.Opening(
                        Cron.parse(random.nextInt(60) + " " + random.nextInt(24) + " * * " + random.nextInt(7)),
                        Duration.ofMinutes(30 + random.nextInt(900)),
                        ZoneOffset.UTC));
            }
            Instant from = now.plus(Duration.ofHours(random.nextInt(300)));
            List<Timetable.Pause> freezes = random.nextBoolean()
                    ? List.of()
                    : List.of(new Timetable.Pause(from, from.plus(Duration.ofHours(1 + random.nextInt(400))), null));
            Timetable timetable = random.nextInt(8) == 0 ? null : new Timetable(windows, freezes);
            WindowView any = TestingPools.window("w" + random.nextInt(3), timetable);
            return new WindowView(
                    any.name(),
                    any.uid(),
                    "1",
                    1,
                    any.created(),
                    false,
                    true,
                    "worker",
                    timetable,
                    any.problem(),
                    Duration.ofHours(1 + random.nextInt(200)));
        }

        void step() {
            now = now.plus(Duration.ofMinutes(1 + random.nextInt(300)));
            switch (random.nextInt(36)) {
                case 0 -> personPauses();
                case 1, 2 -> personOpens();
                case 3 -> update("rendered-" + ++release, pool.reached());
                case 4 -> server = random.nextInt(4) == 0 ? null : server();
                case 5 -> up = !up;
                case 6 -> personRemovesMarks();
                default -> finishes();
            }
            if (up) {
                operate();
            }
        }

        private void personPauses() {
            told.add(now + " a person pauses");
            if (!pool.paused()) {
                // Opened and paused again unseen, nothing has happened.
                pauser = openedUnseen ? Pauser.LOCKKEEPER : Pauser.PERSON;
                openedUnseen = false;
                write(true, pool.marks());
            }
        }

        private void personOpens() {
            told.add(now + " a person opens");
            if (pool.paused()) {
                openedUnseen = pauser == Pauser.LOCKKEEPER;
                pauser = Pauser.NOBODY;
                write(false, pool.marks());
            }
        }

        /** A pause thereby becomes a person's own. */
        private void personRemovesMarks() {
            told.add(now + " a person removes the annotations");
            pauser = pool.paused() ? Pauser.PERSON : Pauser.NOBODY;
            word = false;
            openedUnseen = false;
            maxPauseOpenedAt = null;
            write(pool.paused(), Marks.NONE);
        }

        private void finishes() {
            if (!pool.paused() && random.nextInt(3) == 0) {
                update(pool.wanted(), pool.wanted());
            }
        }

        private void update(String wanted, String reached) {
            pool = TestingPools.pool("worker", pool.paused(), pool.marks(), wanted, reached);
        }

        private void write(boolean paused, Marks marks) {
            pool = TestingPools.pool("worker", paused, marks, pool.wanted(), pool.reached());
        }

        private void operate() {
            if (pauser == Pauser.PERSON || openedUnseen) {
                word = true;
                openedUnseen = false;
                maxPauseOpenedAt = null;
            }
            Optional<Change> change = PoolDecision.of(pool, server, now).change();
            if (change.isPresent()) {
                told.add(now + " " + pool.paused() + " " + pool.marks() + " -> " + change.get());
                if (pool.paused() && !change.get().paused()) {
                    assertThat(pauser)
                            .as("only its own pause is ended, %s", this)
                            .isEqualTo(Pauser.LOCKKEEPER);
                    pauser = Pauser.NOBODY;
                    boolean byMaxPause = change.get().marks().openedAt() != null;
                    maxPauseOpenedAt = byMaxPause ? now : null;
                } else if (!pool.paused() && change.get().paused()) {
                    assertThat(word)
                            .as("what a person opened is not paused, %s", this)
                            .isFalse();
                    pauser = Pauser.LOCKKEEPER;
                    pausedAt = now;
                    maxPauseOpenedAt = null;
                }
                write(change.get().paused(), change.get().marks());
            }
            boolean open = server != null
                    && server.timetable() != null
                    && server.timetable().openAt(now);
            if (open && !pool.paused() || server == null) {
                word = false;
                maxPauseOpenedAt = null;
            }
            promises(open);
        }

        private void promises(boolean open) {
            assertThat(PoolDecision.of(pool, server, now).change())
                    .as("done is done, %s", this)
                    .isEmpty();
            if (pauser == Pauser.LOCKKEEPER) {
                assertThat(server)
                        .as("nothing stays paused for nobody, %s", this)
                        .isNotNull();
                assertThat(open)
                        .as("nothing stays paused in a window, %s", this)
                        .isFalse();
                assertThat(Duration.between(pausedAt, now))
                        .as("never longer than maxPause, %s", this)
                        .isLessThan(server.maxPause());
            }
            boolean ruled = server != null && server.timetable() != null;
            if (ruled && !open && !pool.paused()) {
                boolean catchesUp = maxPauseOpenedAt != null
                        && (pool.updateWaiting()
                                || now.isBefore(maxPauseOpenedAt
                                        .plus(PoolDecision.leastOpen(server))
                                        .plusSeconds(1)));
                assertThat(word || catchesUp)
                        .as("closed outside of windows, %s", this)
                        .isTrue();
            }
            assertThat(pool.paused()).isEqualTo(pauser != Pauser.NOBODY);
        }

        @Override
        public String toString() {
            return "seed " + seed + " at " + now + " " + pool + " " + server + "\n" + String.join("\n", told);
        }
    }

    @Test
    void everyLifeKeepsThePromises() {
        long pauses = 0;
        long maxPauses = 0;
        for (long seed = 0; seed < HISTORIES; seed++) {
            History history = new History(seed);
            for (int i = 0; i < STEPS; i++) {
                history.step();
            }
            pauses += history.told.stream()
                    .filter(t -> t.contains("WINDOW_CLOSED"))
                    .count();
            maxPauses += history.told.stream()
                    .filter(t -> t.contains("MAX_PAUSE_REACHED"))
                    .count();
        }
        assertThat(pauses).isGreaterThan(HISTORIES);
        assertThat(maxPauses).isGreaterThan(HISTORIES / 4);
    }
}
