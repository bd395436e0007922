package dev.lockkeeper.operator.health;

import dev.cel.checker.CelStandardDeclarations;
import dev.cel.common.CelErrorCode;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelRuntimeException;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import dev.cel.common.values.CelByteString;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelEvaluationListener;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelStandardFunctions;
import dev.cel.runtime.RuntimeHelpers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A compiled CEL expression over {@code node}, the Node as a map, and {@code pods}, the pods on it as a list of maps. Numbers in them are
 * Long or Double, and nothing is null.
 *
 * <p>Whoever may write a RebootGroup writes the expression. It can neither loop without end nor call anything, but comprehensions in
 * comprehensions can take very long and make very large things by mistake: so size, depth, steps and time are bounded.
 */
public final class CelCheck {

    private static final int LONGEST = 4096;
    private static final int DEEPEST = 32;
    private static final int MOST_ITERATIONS = 20_000;
    private static final int LARGEST_REGEX = 10_000;
    private static final int LARGEST_UNROLLED_REGEX = 500_000;
    private static final int LONGEST_TEXT = 1 << 20;
    private static final int LONGEST_LIST = 10_000;
    private static final Duration LONGEST_TIME = Duration.ofSeconds(1);
    private static final int LONGEST_COMPLAINT = 300;

    private static final String NODE = "node";
    private static final String PODS = "pods";
    private static final String TOO_DEEP = "it is nested too deeply";

    /** The character's index, counted from 0, and what happened. */
    private static final Pattern FAILURE = Pattern.compile(
            "evaluation error(?: at <input>:([0-9]{1,6}))?: (.*?)\\.?(?: with arg\\(s\\) .*)?", Pattern.DOTALL);

    private static final Pattern REPETITION = Pattern.compile("\\{([0-9]+)(?:,([0-9]*))?}");

    private static final CelOptions OPTIONS = CelOptions.current()
            .maxExpressionCodePointSize(LONGEST)
            .maxParseRecursionDepth(DEEPEST)
            .comprehensionMaxIterations(MOST_ITERATIONS)
            .maxRegexProgramSize(LARGEST_REGEX)
            .enableHeterogeneousNumericComparisons(true)
            .build();
    private static final MapType OBJECT = MapType.create(SimpleType.STRING, SimpleType.DYN);
    private static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .setStandardEnvironmentEnabled(false)
            .setStandardDeclarations(CelStandardDeclarations.newBuilder()
                    .excludeFunctions(CelStandardDeclarations.StandardFunction.INDEX)
                    .build())
            .addFunctionDeclarations(index())
            .addVar(NODE, OBJECT)
            .addVar(PODS, ListType.create(OBJECT))
            .setResultType(SimpleType.BOOL)
            .build();
    private static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder()
            .setOptions(OPTIONS)
            .setStandardEnvironmentEnabled(false)
            .setStandardFunctions(CelStandardFunctions.newBuilder()
                    .excludeFunctions(CelStandardFunctions.StandardFunction.MATCHES)
                    .build())
            .addFunctionBindings(
                    CelFunctionBinding.from("matches", String.class, String.class, CelCheck::matches),
                    CelFunctionBinding.from("matches_string", String.class, String.class, CelCheck::matches))
            .build();

    private final CelRuntime.Program program;
    private final String problem;

    private CelCheck(CelRuntime.Program program, String problem) {
        this.program = program;
        this.problem = problem;
    }

    /**
     * {@code a[b]} as it is in the standard, but what a map holds is of any type: the standard one lets the compiler take the element in
     * {@code int(node.metadata.labels['a/b'])} for an int, because that is the first that {@code int()} accepts.
     */
    private static CelFunctionDecl index() {
        TypeParamType a = TypeParamType.create("A");
        TypeParamType b = TypeParamType.create("B");
        return CelFunctionDecl.newFunctionDeclaration(
                "_[_]",
                CelOverloadDecl.newGlobalOverload("index_list", a, ListType.create(a), SimpleType.INT),
                CelOverloadDecl.newGlobalOverload("index_map", SimpleType.DYN, MapType.create(a, b), a));
    }

    /** {@code matches()} as it is in the standard. Its repetitions are unrolled before its size is looked at: nested ones fill the memory. */
    private static boolean matches(String text, String regex) {
        double unrolled = regex.length();
        Matcher repetitions = REPETITION.matcher(regex);
        while (repetitions.find()) {
            String most = repetitions.group(2) == null || repetitions.group(2).isEmpty()
                    ? repetitions.group(1)
                    : repetitions.group(2);
            unrolled *= Math.max(1, Double.parseDouble(most));
        }
        try {
            if (unrolled > LARGEST_UNROLLED_REGEX) {
                throw new IllegalArgumentException("the repetitions of a regular expression multiply to too many");
            }
            return RuntimeHelpers.matches(text, regex, OPTIONS);
        } catch (RuntimeException e) {
            throw new CelRuntimeException(e, CelErrorCode.INVALID_ARGUMENT);
        }
    }

    /** Compiles; {@link #problem} tells whether that went well. */
    public static CelCheck of(String expression) {
        try {
            CelValidationResult compiled = COMPILER.compile(expression);
            return compiled.hasError()
                    ? new CelCheck(null, cut(complaint(compiled)))
                    : new CelCheck(RUNTIME.createProgram(compiled.getAst()), null);
        } catch (CelValidationException | CelEvaluationException | RuntimeException e) {
            return new CelCheck(null, cut(String.valueOf(e.getMessage())));
        } catch (StackOverflowError e) {
            return new CelCheck(null, TOO_DEEP);
        }
    }

    private static String complaint(CelValidationResult compiled) {
        if (compiled.getErrors().isEmpty()) {
            return compiled.getErrorString();
        }
        CelIssue first = compiled.getErrors().getFirst();
        int line = first.getSourceLocation().getLine();
        // Columns are counted from 0.
        int column = first.getSourceLocation().getColumn() + 1;
        return (line > 0 ? "line " + line + ", column " + column + ": " : "") + first.getMessage();
    }

    /** The compiler's complaint, a clause of at most {@value #LONGEST_COMPLAINT} characters; empty if the expression compiles. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** @param clock by which the evaluation may take a second */
    public CheckResult evaluate(Map<String, Object> node, List<Map<String, Object>> pods, Clock clock) {
        if (problem != null) {
            return new CheckResult.Unanswerable("its expression does not compile: " + problem);
        }
        try {
            Object value = program.trace(Map.of(NODE, node, PODS, pods), new Bounds(clock));
            if (!(value instanceof Boolean passed)) {
                return new CheckResult.Unanswerable("its expression is neither true nor false" + quoted(value));
            }
            return passed ? new CheckResult.Passed() : new CheckResult.NotYet("its expression is false");
        } catch (CelEvaluationException | RuntimeException e) {
            return new CheckResult.Unanswerable("its expression failed: " + failure(e));
        } catch (StackOverflowError e) {
            return new CheckResult.Unanswerable("its expression failed: " + TOO_DEEP);
        }
    }

    private static String quoted(Object value) {
        return value instanceof String || value instanceof Number ? ": " + cut(value.toString()) : "";
    }

    /** Without the values that a function was given: they can be whole pods. */
    private static String failure(Exception e) {
        Matcher message = FAILURE.matcher(String.valueOf(e.getMessage()));
        if (!message.matches()) {
            return cut(String.valueOf(e.getMessage()));
        }
        boolean missing = e instanceof CelEvaluationException failed
                && failed.getErrorCode() == CelErrorCode.ATTRIBUTE_NOT_FOUND
                && failed.getCause() instanceof IndexOutOfBoundsException;
        String what = missing ? "key '" + message.group(2) + "' is not present in map" : message.group(2);
        String where =
                message.group(1) == null ? "" : " (at character " + (Integer.parseInt(message.group(1)) + 1) + ")";
        return cut(what) + where;
    }

    private static String cut(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST_COMPLAINT ? line : line.substring(0, LONGEST_COMPLAINT - 1) + "…";
    }

    /** Looks at the result of each step. Once it has thrown it throws at every later step, so that no {@code ||} gets past it. */
    private static final class Bounds implements CelEvaluationListener {

        private final Clock clock;
        private final Instant until;
        private String exceeded;

        Bounds(Clock clock) {
            this.clock = clock;
            this.until = clock.instant().plus(LONGEST_TIME);
        }

        @Override
        public void callback(CelExpr expression, Object value) {
            if (exceeded == null && !clock.instant().isBefore(until)) {
                exceeded = "it takes longer than " + LONGEST_TIME.toSeconds() + " s";
            } else if (exceeded == null && isTooLarge(value)) {
                exceeded = "it makes a text or a list that is too large";
            }
            if (exceeded != null) {
                throw new IllegalStateException(exceeded);
            }
        }

        private static boolean isTooLarge(Object value) {
            return value instanceof CharSequence text && text.length() > LONGEST_TEXT
                    || value instanceof CelByteString bytes && bytes.size() > LONGEST_TEXT
                    || value instanceof Collection<?> list && list.size() > LONGEST_LIST;
        }
    }
}
