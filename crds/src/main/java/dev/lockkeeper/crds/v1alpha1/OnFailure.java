package dev.lockkeeper.crds.v1alpha1;

/** What happens to a machine that failed its verification. The constants are spelled as in the API. */
public enum OnFailure {
    /** It stays cordoned, is listed, and gives its slot back. */
    Park,
    /** It keeps its slot. */
    Hold
}
