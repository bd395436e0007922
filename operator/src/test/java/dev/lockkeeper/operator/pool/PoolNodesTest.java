package dev.lockkeeper.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.pool.PoolNodes.Kind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolNodesTest {

    private static NodeView node(String name, String arch, String osImage, String... roles) {
        Map<String, String> labels = new HashMap<>();
        Arrays.stream(roles).forEach(role -> labels.put("node-role.kubernetes.io/" + role, ""));
        if (arch != null) {
            labels.put("kubernetes.io/arch", arch);
        }
        return new NodeView(name, name, "1", labels, null, null, null, osImage, true, null, null, false, null, null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            CentOS Stream CoreOS 9.0.20250827-0                      | CentOS Stream CoreOS | 9.0.20250827-0
            CentOS Stream CoreOS 418.9.202504250632-0                | CentOS Stream CoreOS | 418.9.202504250632-0
            CentOS Stream CoreOS 413.92.202303061740-0 (Plow)        | CentOS Stream CoreOS | 413.92.202303061740-0
            Red Hat Enterprise Linux CoreOS 418.94.202410090804-0    | Red Hat Enterprise Linux CoreOS | 418.94.202410090804-0
            Fedora CoreOS 39.20231101.3.0                            | Fedora CoreOS        | 39.20231101.3.0
            Ubuntu 24.04.2 LTS                                       | other                | ''
            CentOS Stream CoreOS                                     | other                | ''
                                                                     | other                | ''
            """)
    void theOperatingSystemIsReadFromWhatTheKubeletSays(String osImage, String os, String version) {
        assertThat(PoolNodes.kinds(List.of(node("a", "arm64", osImage))))
                .containsExactly(new Kind("aarch64", os, version, 1));
    }

    @Test
    void nodesThatRunTheSameAreCountedByArchitecture() {
        String old = "CentOS Stream CoreOS 9.0.20250510-0";
        String now = "CentOS Stream CoreOS 9.0.20250827-0";
        assertThat(PoolNodes.kinds(List.of(
                        node("a", "amd64", old),
                        node("b", "amd64", now),
                        node("c", "amd64", now),
                        node("d", "arm64", now),
                        node("e", "riscv64", now))))
                .containsExactly(
                        new Kind("x86_64", "CentOS Stream CoreOS", "9.0.20250827-0", 2),
                        new Kind("aarch64", "CentOS Stream CoreOS", "9.0.20250827-0", 1),
                        new Kind("unknown", "CentOS Stream CoreOS", "9.0.20250827-0", 1),
                        new Kind("x86_64", "CentOS Stream CoreOS", "9.0.20250510-0", 1));
    }

    @Test
    void thereAreNeverMoreKindsThanTheBoundAndNoNodeIsLost() {
        List<NodeView> many = IntStream.range(0, 500)
                .mapToObj(i -> node("n" + i, "amd64", "CentOS Stream CoreOS 9.0." + i % 100 + "-0"))
                .toList();
        List<Kind> kinds = PoolNodes.kinds(many);
        assertThat(kinds).hasSize(PoolNodes.MOST);
        assertThat(kinds.stream().mapToInt(Kind::machines).sum()).isEqualTo(500);
    }

    @Test
    void aNodeIsInTheOnePoolThatOkdTakesItFor() {
        List<PoolView> pools = List.of(
                TestingPools.pool("worker", false, Marks.NONE, "r", "r"),
                TestingPools.pool("master", false, Marks.NONE, "r", "r"),
                TestingPools.pool("infra", false, Marks.NONE, "r", "r"));
        Map<String, List<NodeView>> byPool = PoolNodes.byPool(
                pools,
                List.of(
                        node("w", "amd64", "", "worker"),
                        node("i", "amd64", "", "worker", "infra"),
                        node("single", "amd64", "", "worker", "master", "infra"),
                        node("none", "amd64", "")));
        assertThat(byPool.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey,
                                e -> e.getValue().stream().map(NodeView::name).toList())))
                .isEqualTo(Map.of("worker", List.of("w"), "infra", List.of("i"), "master", List.of("single")));
    }
}
