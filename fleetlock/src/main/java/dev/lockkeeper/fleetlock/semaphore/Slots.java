package dev.lockkeeper.fleetlock.semaphore;

/** How many machines of a group may be down at once: a count, or a share of the group's members. */
public sealed interface Slots {

    int MAX = 100;

    /** The number of slots with that many members; 1 to {@value #MAX}. */
    int total(int members);

    record Count(int slots) implements Slots {
        public Count {
            if (slots < 1 || slots > MAX) {
                throw new IllegalArgumentException("slots must be 1 to " + MAX + ", not " + slots);
            }
        }

        @Override
        public int total(int members) {
            return slots;
        }
    }

    /** Rounded down, but at least one slot: else a small group could never update. */
    record Percent(int percent) implements Slots {
        public Percent {
            if (percent < 1 || percent > 100) {
                throw new IllegalArgumentException("slots must be 1% to 100%, not " + percent + "%");
            }
        }

        @Override
        public int total(int members) {
            return Math.clamp((long) members * percent / 100, 1, MAX);
        }
    }

    /**
     * Reads {@code 3} or {@code 10%}.
     *
     * @throws IllegalArgumentException with a sentence for people
     */
    static Slots parse(String text) {
        try {
            return text.endsWith("%")
                    ? new Percent(Integer.parseInt(text.substring(0, text.length() - 1)))
                    : new Count(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "slots must be a number such as 2 or a percentage such as 10%, not '" + text + "'", e);
        }
    }
}
