package dev.lockkeeper.testbed.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program that has the binaries built, as a second test run beside the first would. */
final class BuildChild {

    private BuildChild() {}

    static Process start(GoSources sources, Path cache, TestingGo go, Path started) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        BuildChild.class.getName(),
                        sources.folder().toString(),
                        cache.toString(),
                        go.script().toString(),
                        started.toString())
                .inheritIO()
                .start();
    }

    public static void main(String[] arguments) throws IOException {
        Files.createFile(Path.of(arguments[3]));
        Binaries.build(
                new GoSources(Path.of(arguments[0])), Path.of(arguments[1]), new GoCompiler(arguments[2]), System.err);
    }
}
