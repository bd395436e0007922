package dev.lockkeeper.testbed.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaleFoldersTest {
    @TempDir
    Path base;

    @Test
    void onlyTheFoldersOfDeadProcessesAreCleared() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        Path dead = folder("lockkeeper-testbed-" + ended.pid() + "-1");
        Path alive = folder("lockkeeper-testbed-" + ProcessHandle.current().pid() + "-1");
        Path foreign = folder("lockkeeper-testbed-notes");

        Path mine = StaleFolders.create(base);

        assertThat(dead).doesNotExist();
        assertThat(alive).exists();
        assertThat(foreign).exists();
        StaleFolders.delete(mine);
        assertThat(mine).doesNotExist();
        StaleFolders.delete(mine);
    }

    private Path folder(String name) throws IOException {
        Path folder = Files.createDirectory(base.resolve(name));
        Files.createDirectories(folder.resolve("etcd/member"));
        Files.writeString(folder.resolve("etcd/member/wal"), "data");
        return folder;
    }
}
