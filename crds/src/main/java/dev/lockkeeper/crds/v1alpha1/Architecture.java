package dev.lockkeeper.crds.v1alpha1;

/** An architecture that Fedora CoreOS is made for. The constants are spelled as in the API, which has Fedora's names. */
public enum Architecture {
    x86_64,
    aarch64,
    ppc64le,
    s390x
}
