package dev.lockkeeper.fleetlock.semaphore;

/** A pod that keeps a drain from finishing: {@code namespace/name}, why, and the PodDisruptionBudget if one is the cause. */
public record Blocker(String pod, String reason, String pdb) {

    /** One clause for a sentence, such as {@code pod db/pg-0 blocked by PDB db/pg (0 disruptions allowed)}. */
    public String sentence() {
        return pdb == null
                ? "pod " + pod + ": " + reason
                : "pod " + pod + " blocked by PDB " + pdb + " (" + reason + ")";
    }
}
