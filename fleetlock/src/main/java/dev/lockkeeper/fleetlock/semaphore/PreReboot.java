package dev.lockkeeper.fleetlock.semaphore;

import dev.lockkeeper.fleetlock.protocol.Refusal;

/** What a pre-reboot request comes to, on one state. */
public sealed interface PreReboot {

    /** May reboot now: Granted→Rebooting is stored. */
    record Proceed(Holder holder) implements PreReboot {}

    /** Its node is empty: read the Node fresh, then {@link Semaphore#tell}. */
    record ReadyToTell(Holder holder) implements PreReboot {}

    /**
     * Not now, but this may change while the request is open.
     *
     * @param token the holding that the request belongs to, null if it waits for a slot
     * @param meanwhile the answer if it stays so until the request's time is up
     */
    record Wait(String token, Refusal meanwhile) implements PreReboot {}

    /** Waiting would not help. */
    record Refuse(Refusal refusal) implements PreReboot {}
}
