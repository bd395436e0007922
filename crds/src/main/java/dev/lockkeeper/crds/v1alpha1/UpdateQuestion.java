package dev.lockkeeper.crds.v1alpha1;

/** What may still come to light of an update that is judged. The constants are spelled as in the API. */
public enum UpdateQuestion {
    /** It came back with the release that it left: if it is offered the new one twice more and does not ask for its reboot, it rolled back. */
    Rollback,
    /** Its kubelet did not come up: if its agent says that it runs the new release, the failure counts against that. */
    Kubelet,
    /** It is no node: the next word of its agent says what it runs. */
    Version
}
