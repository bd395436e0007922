package dev.lockkeeper.fleetlock.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AnswersTest {

    private static String json(String value) {
        return new String(new Reply("paused", value).json(), StandardCharsets.UTF_8);
    }

    @Test
    void aRefusalBecomesAReply() {
        Refusal refusal = new Refusal(Kind.LOCK_HELD, "worker-7 holds 1 of 1 slots, Draining for 4m.");
        assertThat(new String(Reply.of(refusal).json(), StandardCharsets.UTF_8))
                .isEqualTo("{\"kind\":\"lock_held\",\"value\":\"worker-7 holds 1 of 1 slots, Draining for 4m.\"}");
    }

    @Test
    void whatJsonDemandsIsEscaped() {
        assertThat(json("a \"b\" \\ c\n\t\r\u0001/"))
                .isEqualTo("{\"kind\":\"paused\",\"value\":\"a \\\"b\\\" \\\\ c\\n\\t\\r\\u0001/\"}");
        assertThat(json("größer × ☕ 😀")).isEqualTo("{\"kind\":\"paused\",\"value\":\"größer × ☕ 😀\"}");
        assertThat(json("half \ud83d")).as("still UTF-8").isEqualTo("{\"kind\":\"paused\",\"value\":\"half ?\"}");
    }

    @Test
    void kindsAndTheirStatus() {
        assertThat(Arrays.stream(Kind.values()).map(kind -> kind.status() + " " + kind.text()))
                .containsExactly(
                        "404 not_found",
                        "414 uri_too_long",
                        "400 missing_header",
                        "400 decode_error",
                        "400 invalid_client",
                        "413 body_too_large",
                        "405 method_not_allowed",
                        "401 unauthorized",
                        "404 unknown_group",
                        "409 ambiguous_group",
                        "403 unknown_machine",
                        "409 ambiguous_machine",
                        "403 wrong_group",
                        "423 lock_held",
                        "423 draining",
                        "423 drain_blocked",
                        "423 drain_backoff",
                        "423 paused",
                        "423 nodes_unready",
                        "423 release_withdrawn",
                        "423 verifying",
                        "503 store_unavailable",
                        "500 internal_error");
    }

    @Test
    void aRefusalNeedsASentence() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Refusal(Kind.PAUSED, " "))
                .withMessage("a refusal of kind PAUSED needs a sentence");
        assertThatIllegalArgumentException().isThrownBy(() -> new Refusal(Kind.PAUSED, null));
    }
}
