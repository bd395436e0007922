package dev.lockkeeper.operator.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.operator.http.AgentConfigs.Answer;
import dev.lockkeeper.operator.http.AgentConfigs.Call;
import dev.lockkeeper.operator.lock.GroupAccess;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is answered to whoever asks how a machine is configured. */
class AgentConfigsTest {

    private static final BasicCredentials BOX = new BasicCredentials("box-1", "s3cret/");

    private final TestingAccess access = new TestingAccess();
    private final AgentConfigs configs = new AgentConfigs(access, Optional.empty());

    private static Call call(String path, String query, BasicCredentials credentials) {
        return new Call(path, query, List.of("10.3.0.15"), false, credentials);
    }

    private static ZincatiFile file(Answer answer) {
        Answer.Document document = (Answer.Document) answer;
        return AnswerWriter.JSON.equals(document.type())
                ? ZincatiFile.ofIgnition(document.text())
                : ZincatiFile.ofButane(document.text());
    }

    private ZincatiFile file(String path, String query, BasicCredentials credentials) {
        return file(configs.answer(call(path, query, credentials)));
    }

    @Test
    void bothFormatsHaveTheSameFile() {
        ZincatiFile butane = file("/butane/workers", null, BasicCredentials.NONE);
        assertThat(butane.text())
                .isEqualTo(file("/ignition/workers", "", BasicCredentials.NONE).text());
        assertThat(butane.value("identity.group")).isEqualTo("workers");
        assertThat(butane.value("updates.strategy")).isEqualTo("fleet_lock");
        assertThat(butane.value("updates.fleet_lock.base_url")).isEqualTo("http://10.3.0.15/");
        assertThat(butane.value("cincinnati.base_url")).isEqualTo("http://10.3.0.15/");
        assertThat(((Answer.Document) configs.answer(call("/butane/workers", null, BasicCredentials.NONE))).type())
                .hasToString("application/yaml");
    }

    @Test
    void theGraphIsLeftOutOnRequest() {
        assertThat(file("/ignition/workers", "cincinnati=false", BasicCredentials.NONE)
                        .keys()
                        .has("cincinnati"))
                .isFalse();
        assertThat(file("/ignition/workers", "cincinnati=true", BasicCredentials.NONE)
                        .keys()
                        .has("cincinnati"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cincinnati",
                "cincinnati=",
                "cincinnati=no",
                "Cincinnati=false",
                "cincinati=false",
                "cincinnati=false&cincinnati=false",
                "cincinnati=false&",
                "x=1"
            })
    void anotherQueryIsRefused(String query) {
        assertThat(configs.answer(call("/butane/workers", query, BasicCredentials.NONE)))
                .isEqualTo(new Answer.Refused(
                        400,
                        "invalid_params",
                        "The query may only be cincinnati=false: then the agent keeps Fedora's own graph, and asks here"
                                + " for its reboots alone."));
        assertThat(access.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"A.b-c", "Workers.Rack-1", "-", "..", "0"})
    void oddGroupsAreServed(String group) {
        assertThat(file("/ignition/" + group, null, BasicCredentials.NONE).value("identity.group"))
                .isEqualTo(group);
        assertThat(access.asked).containsExactly(group);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a_b", "a%20b", "work%65rs", "a\"b", "a\nb", "ä", "~", "a:b", "${a}"})
    void aGroupThatNoAgentCouldSendIsRefused(String group) {
        assertThat(configs.answer(call("/ignition/" + group, null, BasicCredentials.NONE)))
                .isEqualTo(new Answer.Refused(
                        400, "invalid_params", "A group has 1 to 63 characters of a-z, A-Z, 0-9, '.' and '-'."));
        assertThat(configs.answer(call("/ignition/" + "a".repeat(64), null, BasicCredentials.NONE)))
                .isInstanceOf(Answer.Refused.class);
        assertThat(access.asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/butane/workers, true",
        "/ignition/workers, true",
        "/ignition/.., true",
        "/butane/, false",
        "/butane, false",
        "/butane/workers/, false",
        "/butane//workers, false",
        "//butane/workers, false",
        "/Butane/workers, false",
        "/v1/butane/workers, false",
        "/ignition/a/b, false",
    })
    void thePathsThatAreAnsweredHere(String path, boolean here) {
        assertThat(AgentConfigs.isFor(path)).isEqualTo(here);
    }

    @Test
    void noPathIsNone() {
        assertThat(AgentConfigs.isFor(null)).isFalse();
    }

    // ---- passwords

    @Test
    void thePasswordIsPutInOnlyIfItWasGivenAndIsTheGroups() {
        access.answer = new GroupAccess.Answer.Admitted(true);
        for (String path : List.of("/butane/workers", "/ignition/workers")) {
            ZincatiFile file = file(path, null, BOX);
            assertThat(file.value("updates.fleet_lock.base_url")).isEqualTo("http://box-1:s3cret%2F@10.3.0.15/");
            assertThat(file.value("cincinnati.base_url")).isEqualTo("http://box-1:s3cret%2F@10.3.0.15/");
        }
        access.answer = new GroupAccess.Answer.Admitted(false);
        assertThat(file("/butane/workers", null, BOX).text()).doesNotContain("box-1", "s3cret");
    }

    @Test
    void aRefusalIsTheLocksOwn() {
        access.answer = new GroupAccess.Answer.Refused(new Refusal(Kind.UNAUTHORIZED, "It asks for a password."));
        assertThat(configs.answer(call("/ignition/workers", null, BOX)))
                .isEqualTo(new Answer.Refused(401, "unauthorized", "It asks for a password."));
        access.answer = new GroupAccess.Answer.Refused(new Refusal(Kind.UNKNOWN_GROUP, "There are: a, b."));
        assertThat(configs.answer(call("/ignition/workers", null, BOX)))
                .isEqualTo(new Answer.Refused(404, "unknown_group", "There are: a, b."));
    }

    @Test
    void noPasswordIsInATextForLogs() {
        access.answer = new GroupAccess.Answer.Admitted(true);
        Call call = call("/ignition/workers", null, BOX);
        assertThat(call.toString() + configs.answer(call)).doesNotContain("s3cret");
    }

    // ---- the address

    @Test
    void theAddressIsTheOneThatTheCallerCameBy() {
        Call call = new Call("/ignition/w", null, List.of("[fd00::1]:8443"), true, BasicCredentials.NONE);
        assertThat(file(configs.answer(call)).value("updates.fleet_lock.base_url"))
                .isEqualTo("https://[fd00::1]:8443/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\"\nstrategy = \"immediate", "evil.example/x", "a:b@evil.example", "${group}", "a b"})
    void anAddressThatIsNoneIsRefused(String host) {
        assertThat(configs.answer(new Call("/butane/w", null, List.of(host), false, BOX)))
                .isEqualTo(new Answer.Refused(
                        400,
                        "invalid_params",
                        "The request's Host header is no address that agents could be given: ask by a host name or an IP"
                                + " address, or set lockkeeper.agent.public-url."));
        assertThat(access.asked).as("nobody's password is tried").isEmpty();
    }

    @Test
    void aSetAddressBeatsWhateverTheRequestSays() {
        AgentConfigs set = new AgentConfigs(access, BaseUrl.parse("https://lockkeeper.example.org/fleet"));
        for (List<String> hosts :
                List.of(List.<String>of(), List.of("evil.example"), List.of("a b"), List.of("a", "b"))) {
            assertThat(file(set.answer(new Call("/butane/w", null, hosts, false, BasicCredentials.NONE)))
                            .value("updates.fleet_lock.base_url"))
                    .isEqualTo("https://lockkeeper.example.org/fleet/");
        }
    }
}
