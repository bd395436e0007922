package dev.lockkeeper.operator.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** The file that makes a Zincati ask here, and the documents that it comes in. */
class AgentConfigTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final BaseUrl URL = BaseUrl.parse("http://10.3.0.15/").orElseThrow();

    private static AgentConfig config(boolean graph) {
        return new AgentConfig("workers", URL.toString(), graph);
    }

    @Test
    void theFileAsItIsWritten() {
        assertThat(config(true).toml()).isEqualTo("""
                [identity]
                group = "workers"

                [updates]
                strategy = "fleet_lock"

                [updates.fleet_lock]
                base_url = "http://10.3.0.15/"

                [cincinnati]
                base_url = "http://10.3.0.15/"
                """);
    }

    @Test
    void theButaneAsItIsWritten() {
        assertThat(config(false).butane()).isEqualTo("""
                variant: fcos
                version: 1.5.0
                storage:
                  files:
                    - path: /etc/zincati/config.d/60-lockkeeper.toml
                      mode: 0644
                      contents:
                        inline: |
                          [identity]
                          group = "workers"

                          [updates]
                          strategy = "fleet_lock"

                          [updates.fleet_lock]
                          base_url = "http://10.3.0.15/"
                """);
    }

    /** People copy from there, too. */
    @Test
    void thePagesShowWhatIsWritten() throws IOException {
        String butane = config(true).butane();
        assertThat(Files.readString(DOCS.resolve("guide.md"))).contains("```yaml\n" + butane + "```\n");
        assertThat(Files.readString(DOCS.resolve("agents.md")))
                .contains(butane.lines()
                        .map(line -> line.isEmpty() ? "\n" : "    " + line + "\n")
                        .collect(Collectors.joining()));
    }

    @Test
    void theIgnitionAsItIsWritten() throws Exception {
        String json = config(true).ignition();
        assertThat(json).endsWith("\n");
        JsonNode tree = new ObjectMapper().readTree(json);
        assertThat(tree.at("/ignition/version").asText()).isEqualTo("3.3.0");
        assertThat(tree.at("/storage/files")).hasSize(1);
        JsonNode file = tree.at("/storage/files/0");
        assertThat(file.path("path").asText()).isEqualTo("/etc/zincati/config.d/60-lockkeeper.toml");
        assertThat(file.path("mode").asInt()).isEqualTo(420);
        assertThat(ZincatiFile.ofIgnition(json).text()).isEqualTo(config(true).toml());
    }

    @Test
    void whatButaneReadsIsTheSameFileWithTheSameMode() {
        Map<String, Object> read = new Yaml().load(config(true).butane());
        JsonNode tree = new ObjectMapper().valueToTree(read);
        assertThat(tree.path("variant").asText()).isEqualTo("fcos");
        assertThat(tree.path("version").isTextual()).isTrue();
        assertThat(tree.path("version").asText()).isEqualTo("1.5.0");
        assertThat(tree.at("/storage/files/0/path").asText()).isEqualTo(AgentConfig.FILE);
        assertThat(tree.at("/storage/files/0/mode").asInt()).isEqualTo(420);
        assertThat(ZincatiFile.ofButane(config(true).butane()).text())
                .isEqualTo(config(true).toml());
    }

    /** Zincati ignores what it does not know without a word: the docs of its 0.0.32 name these. */
    @Test
    void onlyKeysThatTheAgentKnowsAreWritten() {
        assertThat(ZincatiFile.parse(config(true).toml()).names())
                .containsExactly(
                        "cincinnati.base_url", "identity.group", "updates.fleet_lock.base_url", "updates.strategy");
        assertThat(ZincatiFile.parse(config(false).toml()).names())
                .containsExactly("identity.group", "updates.fleet_lock.base_url", "updates.strategy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"A.b-c", "-", ".", "0", "true", "1.5", "~", "default", "null", "0x1F", "2026-07-22"})
    void aGroupIsTextWhateverItLooksLike(String group) {
        AgentConfig config = new AgentConfig(group, URL.toString(), true);
        assertThat(ZincatiFile.ofIgnition(config.ignition()).value("identity.group"))
                .isEqualTo(group);
        JsonNode read = ZincatiFile.ofButane(config.butane()).keys().at("/identity/group");
        assertThat(read.isTextual()).isTrue();
        assertThat(read.asText()).isEqualTo(group);
    }

    private static void comesBack(String user, String password) {
        AgentConfig config = new AgentConfig("workers", URL.with(user, password), true);
        for (ZincatiFile file :
                new ZincatiFile[] {ZincatiFile.ofIgnition(config.ignition()), ZincatiFile.ofButane(config.butane())}) {
            URI url = file.lockUrl();
            assertThat(url.getUserInfo()).isEqualTo(user + ":" + password);
            assertThat(url.getHost()).isEqualTo("10.3.0.15");
            assertThat(url.getPath()).isEqualTo("/");
            assertThat(url.getQuery()).isNull();
            assertThat(url.getFragment()).isNull();
            assertThat(url.getRawUserInfo()).matches("[0-9A-Za-z._~%-]*:[0-9A-Za-z._~%-]*");
            assertThat(file.value("cincinnati.base_url")).isEqualTo(url.toString());
        }
        assertThat(config.toString()).doesNotContain(password.isEmpty() ? "@" : URL.with(user, password));
    }

    @Test
    void everyPasswordComesBackAsItWas() {
        String all = IntStream.rangeClosed(0x20, 0x7E)
                .mapToObj(c -> String.valueOf((char) c))
                .collect(Collectors.joining());
        comesBack("box-1", all);
        comesBack("", all);
        comesBack(all.replace(":", ""), "p");
        comesBack("box-1", "");
        comesBack("bäckerei ☕", "größer 😀");
        comesBack("box-1", "${basearch}\"\\\n'#@/?[]%41+&");
        for (int c = 0x20; c <= 0x7E; c++) {
            comesBack("box-1", String.valueOf((char) c));
        }
    }

    @Test
    void randomPasswordsComeBackAsTheyWere() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            comesBack(
                    "m",
                    random.ints(random.nextInt(1, 40), 0x20, 0x7F)
                            .mapToObj(c -> String.valueOf((char) c))
                            .collect(Collectors.joining()));
        }
    }

    @Test
    void whatTomlDemandsIsEscaped() {
        String odd =
                IntStream.range(0, 0xA1).mapToObj(c -> String.valueOf((char) c)).collect(Collectors.joining());
        assertThat(AgentConfig.quoted("a\"b\\c\nd")).isEqualTo("\"a\\\"b\\\\c\\u000Ad\"");
        assertThat(ZincatiFile.parse("[identity]\ngroup = " + AgentConfig.quoted(odd) + "\n")
                        .value("identity.group"))
                .isEqualTo(odd);
    }
}
