package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Sources in the shape of testbed/go, and a script in place of the Go tool chain that notes each build. */
record TestingGo(Path script, Path notes) {

    static GoSources sources(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("kubernetes/etcd"));
        Files.createDirectories(folder.resolve("kwok"));
        Files.createDirectories(folder.resolve("helm"));
        Files.writeString(folder.resolve("kubernetes/go.mod"), "require (\n\tk8s.io/kubernetes v1.34.4\n)\n");
        Files.writeString(folder.resolve("kubernetes/go.sum"), "sums\n");
        Files.writeString(folder.resolve("kubernetes/etcd/main.go"), "package main\n");
        Files.writeString(folder.resolve("kwok/go.mod"), "require sigs.k8s.io/kwok v0.8.0\n");
        Files.writeString(
                folder.resolve("helm/go.mod"), "require (\n\thelm.sh/helm/v3 v3.19.5\n\tk8s.io/client-go v0.34.4\n)\n");
        return new GoSources(folder);
    }

    /** @param build what a build does after it has written half a binary to $out */
    static TestingGo script(Path folder, String version, String build) throws IOException {
        Path script = folder.resolve("go");
        Path notes = folder.resolve("notes");
        Files.writeString(script, """
                #!/bin/sh
                if [ "$1" = env ]; then echo %s; exit; fi
                while [ "$1" != -o ]; do shift; done
                out=$2
                echo "$(basename "$out" .unfinished)" >> %s
                printf half > "$out"
                %s
                """.formatted(version, notes, build));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return new TestingGo(script, notes);
    }

    GoCompiler compiler() {
        return new GoCompiler(script.toString());
    }

    /** The binaries it was asked for, in order. */
    List<String> builds() throws IOException {
        return Files.exists(notes) ? Files.readAllLines(notes) : List.of();
    }
}
