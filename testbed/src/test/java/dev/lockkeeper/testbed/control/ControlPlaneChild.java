package dev.lockkeeper.testbed.control;

import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A program that starts a control plane and never ends by itself. */
final class ControlPlaneChild {
    static final String UP = "up ";

    private ControlPlaneChild() {}

    public static void main(String[] arguments) throws InterruptedException {
        ControlPlane plane = ControlPlane.start();
        String pids = Stream.of(Part.values())
                .map(part -> Long.toString(plane.pid(part)))
                .collect(Collectors.joining(","));
        // The thread and the plane are forgotten here, as a careless test would: nothing may end for that.
        System.out.println(UP + plane.folder() + " " + pids);
        new CountDownLatch(1).await();
    }
}
