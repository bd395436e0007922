package dev.lockkeeper.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of answer to an instant query, as Prometheus 3 writes them, and what only looks like one. */
class PrometheusAnswerTest {

    private static final String URL = "http://prometheus:9090";

    private static CheckResult read(int status, String body) {
        return PrometheusAnswer.read(URL, status, body.getBytes(StandardCharsets.UTF_8));
    }

    private static CheckResult result(String type, String result) {
        return read(200, """
                {"status": "success", "data": {"resultType": "%s", "result": %s}}""".formatted(type, result));
    }

    /** Labels and value by turns. */
    private static CheckResult vector(String... samples) {
        StringBuilder all = new StringBuilder("[");
        for (int i = 0; i < samples.length; i += 2) {
            all.append(i == 0 ? "" : ",")
                    .append("{\"metric\": {")
                    .append(samples[i])
                    .append("}, \"value\": [1783684800.123, \"")
                    .append(samples[i + 1])
                    .append("\"]}");
        }
        return result("vector", all.append("]").toString());
    }

    private static String unanswerable(CheckResult result) {
        assertThat(result).isInstanceOf(CheckResult.Unanswerable.class);
        return ((CheckResult.Unanswerable) result).why();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "-1", "0.001", "1e+06", "5e-324", "+Inf", "-Inf", "1783684800.123"})
    void oneSampleOtherThanZeroPasses(String value) {
        assertThat(vector("", value)).isEqualTo(new CheckResult.Passed());
    }

    @Test
    void everySampleMustBeOtherThanZero() {
        assertThat(vector("\"instance\": \"a\"", "1", "\"instance\": \"b\"", "1"))
                .isEqualTo(new CheckResult.Passed());
        assertThat(vector("\"instance\": \"a\"", "1", "\"instance\": \"b\", \"job\": \"node\"", "0", "", "1"))
                .isEqualTo(new CheckResult.NotYet("its query returned 0 for {instance=\"b\", job=\"node\"}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "0.0", "0e10"})
    void zeroIsZeroHoweverItIsWritten(String value) {
        assertThat(vector("", value)).isEqualTo(new CheckResult.NotYet("its query returned 0"));
    }

    @Test
    void noSeriesIsNoAnswer() {
        assertThat(unanswerable(vector())).isEqualTo("its query returned no series");
    }

    @Test
    void aScalarIsASampleToo() {
        assertThat(result("scalar", "[1783684800, \"1\"]")).isEqualTo(new CheckResult.Passed());
        assertThat(result("scalar", "[1783684800, \"0\"]")).isEqualTo(new CheckResult.NotYet("its query returned 0"));
        assertThat(unanswerable(result("scalar", "[1783684800, \"NaN\"]"))).isEqualTo("its query returned NaN");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            string | [1783684800, "1"]
            matrix | [{"metric": {}, "values": [[1783684800, "1"]]}]
            """)
    void otherTypesAreNoAnswer(String type, String result) {
        assertThat(unanswerable(result(type, result)))
                .isEqualTo("its query returned a " + type + ": it must return an instant vector or a scalar");
    }

    @Test
    void whatIsNoNumberLeavesItUnansweredWhateverTheOthersAre() {
        assertThat(unanswerable(vector("\"a\": \"1\"", "0", "\"a\": \"2\"", "NaN")))
                .isEqualTo("its query returned NaN for {a=\"2\"}");
        assertThat(unanswerable(vector("", "one"))).isEqualTo("its query returned one");
        assertThat(unanswerable(vector("", "1d"))).isEqualTo("its query returned 1d");
        assertThat(unanswerable(
                        result("vector", "[{\"metric\": {}, \"histogram\": [1783684800, {\"count\": \"1\"}]}]")))
                .isEqualTo("its query returned a sample without a number");
    }

    @Test
    void anErrorIsToldInPrometheusOwnWords() {
        assertThat(unanswerable(read(400, """
                {"status": "error", "errorType": "bad_data",
                 "error": "invalid parameter \\"query\\": 1:4: parse error:\\n unexpected end of input"}""")))
                .isEqualTo("http://prometheus:9090 answered 400: invalid parameter \"query\": 1:4: parse error:"
                        + " unexpected end of input");
        assertThat(unanswerable(read(503, "no healthy upstream"))).isEqualTo("http://prometheus:9090 answered 503");
        assertThat(unanswerable(read(302, ""))).isEqualTo("http://prometheus:9090 answered 302");
        assertThat(unanswerable(read(200, "{\"status\": \"error\", \"error\": \"" + "x".repeat(60_000) + "\"}")))
                .hasSizeLessThan(300);
    }

    /** What passes must be well-formed, and say success, whatever the rest is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "1",
                "<html>login</html>",
                "{}",
                "{\"status\": \"success\"}",
                "{\"status\": \"success\", \"data\": []}",
                "{\"status\": \"success\", \"data\": {\"resultType\": \"vector\"}}",
                "{\"status\": \"success\", \"data\": {\"resultType\": \"vector\", \"result\": {}}}",
                "{\"status\": \"success\", \"data\": {\"resultType\": \"vector\", \"result\": \"1\"}}",
                "{\"status\": \"success\", \"data\": {\"resultType\": \"vector\", \"result\": [1]}}",
                "{\"status\": \"success\", \"data\": {\"resultType\": \"vector\", \"result\": [{\"value\": [1]}]}}",
                "{\"status\": \"success\", \"data\": {\"resultType\": \"scalar\", \"result\": []}}",
                "{\"status\": \"success\", \"data\": {\"resultType\": \"streams\", \"result\": []}}",
                "{\"status\": \"success\", \"data\": {\"resultType\": \"vector\", \"result\": [{\"value\": [1, \"1\"]}",
                "{\"data\": {\"resultType\": \"vector\", \"result\": [{\"value\": [1, \"1\"]}]}}"
            })
    void nonsenseIsNoAnswer(String body) {
        assertThat(unanswerable(read(200, body))).isNotBlank();
    }

    @Test
    void theNodesNameIsPutIntoTheQuery() {
        Check.Prometheus check = new Check.Prometheus("up", URL, "up{node=\"${node}\"} and up{node='${node}'}");
        assertThat(check.on("worker-1.example.com"))
                .isEqualTo("up{node=\"worker-1.example.com\"} and up{node='worker-1.example.com'}");
        assertThat(check.on("a\"} or vector(1) #\\'\n"))
                .isEqualTo(
                        "up{node=\"a\\U00000022}\\U00000020or\\U00000020vector(1)\\U00000020#\\U0000005c\\U00000027\\U0000000a\"}"
                                + " and up{node='a\\U00000022}\\U00000020or\\U00000020vector(1)\\U00000020#\\U0000005c\\U00000027\\U0000000a'}");
    }
}
