package dev.lockkeeper.operator.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads what Prometheus answers to an instant query. */
public final class PrometheusAnswer {

    private static final int OK = 200;
    private static final int LONGEST_QUOTE = 200;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NUMBER = Pattern.compile("[+-]?(Inf|[0-9]+(\\.[0-9]*)?([eE][+-]?[0-9]+)?)");

    private PrometheusAnswer() {}

    /**
     * Passed if there is at least one sample and none is 0. What is no number leaves the query unanswered, whatever the others are.
     *
     * @param url what was asked, for the sentence
     */
    public static CheckResult read(String url, int status, byte[] body) {
        JsonNode answer;
        try {
            answer = JSON.readTree(body);
        } catch (IOException e) {
            answer = JSON.missingNode();
        }
        if (status != OK) {
            return unanswerable(url + " answered " + status + error(answer));
        }
        if (!answer.path("status").asText().equals("success")) {
            return unanswerable(url + " answered what is no answer of Prometheus" + error(answer));
        }
        JsonNode result = answer.path("data").path("result");
        String type = answer.path("data").path("resultType").asText();
        return switch (type) {
            case "vector" -> vector(result);
            case "scalar" -> judged(List.of(new Sample("", result)));
            case "string", "matrix" ->
                unanswerable("its query returned a " + type + ": it must return an instant vector or a scalar");
            default -> unanswerable(url + " answered what is no answer of Prometheus");
        };
    }

    /** @param value what stands for the pair of time and number */
    private record Sample(String labels, JsonNode value) {

        String text() {
            return value.isArray() && value.size() == 2 ? value.get(1).asText() : "";
        }
    }

    private static CheckResult vector(JsonNode result) {
        if (result.isArray() && result.isEmpty()) {
            return unanswerable("its query returned no series");
        }
        List<Sample> samples = new ArrayList<>();
        result.forEach(s -> samples.add(new Sample(labels(s.path("metric")), s.path("value"))));
        return judged(samples);
    }

    private static CheckResult judged(List<Sample> samples) {
        for (Sample sample : samples) {
            if (!NUMBER.matcher(sample.text()).matches()) {
                return unanswerable("its query returned "
                        + (sample.text().isEmpty() ? "a sample without a number" : cut(sample.text())) + where(sample));
            }
        }
        return samples.stream()
                .filter(s -> isZero(s.text()))
                .findFirst()
                .<CheckResult>map(zero -> new CheckResult.NotYet("its query returned 0" + where(zero)))
                .orElseGet(() -> samples.isEmpty()
                        ? unanswerable("its query returned what is no vector")
                        : new CheckResult.Passed());
    }

    private static boolean isZero(String number) {
        return !number.endsWith("Inf") && Double.parseDouble(number) == 0;
    }

    private static String where(Sample sample) {
        return sample.labels().isEmpty() ? "" : " for " + sample.labels();
    }

    private static String labels(JsonNode metric) {
        List<String> labels = new ArrayList<>();
        metric.properties()
                .forEach(l -> labels.add(l.getKey() + "=\"" + l.getValue().asText() + "\""));
        return labels.isEmpty() ? "" : cut("{" + String.join(", ", labels) + "}");
    }

    private static String error(JsonNode answer) {
        String error = answer.path("error").asText();
        return error.isEmpty() ? "" : ": " + cut(error);
    }

    private static String cut(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST_QUOTE ? line : line.substring(0, LONGEST_QUOTE - 1) + "…";
    }

    private static CheckResult unanswerable(String why) {
        return new CheckResult.Unanswerable(why);
    }
}
