package dev.lockkeeper.testbed.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    private static final String EVICTION = """
            {"kind":"Event","level":"Metadata","stage":"ResponseComplete",\
            "requestURI":"/api/v1/namespaces/db/pods/pg-0/eviction","verb":"create",\
            "user":{"username":"system:serviceaccount:lockkeeper:lockkeeper"},\
            "objectRef":{"resource":"pods","namespace":"db","name":"pg-0","apiVersion":"v1","subresource":"eviction"},\
            "responseStatus":{"metadata":{},"code":429}}""";

    @TempDir
    Path folder;

    @Test
    void entriesAreReadUpToTheLastWholeLine() throws IOException {
        Path file = Files.writeString(
                folder.resolve("audit.log"),
                EVICTION + "\n" + EVICTION.substring(0, 90) + "\n" + EVICTION + "\n" + EVICTION.substring(0, 40));
        assertThat(new AuditLog(file).entries(_ -> true))
                .hasSize(2)
                .containsOnly(new AuditEntry(
                        "system:serviceaccount:lockkeeper:lockkeeper",
                        "create",
                        "pods",
                        "eviction",
                        "",
                        "db",
                        "pg-0",
                        "/api/v1/namespaces/db/pods/pg-0/eviction",
                        429,
                        "ResponseComplete"));
    }

    @Test
    void onlyWhatIsWantedIsKept() throws IOException {
        Path file = Files.writeString(folder.resolve("audit.log"), EVICTION + "\n");
        assertThat(new AuditLog(file).entries(entry -> entry.code() == 200)).isEmpty();
    }
}
