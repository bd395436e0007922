package dev.lockkeeper.operator.docs;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** What the documentation comments in a source file say, by the JDK's own parser: a running program knows them no more. */
public final class SourceDocs {

    private SourceDocs() {}

    /**
     * The comments of types, methods, fields and constants, as Markdown without their block tags. The keys are such as {@code
     * Settings.Agent.maxHold}, in the file's order; what has no comment has an empty one.
     */
    public static Map<String, String> of(Path file) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, String> found = new LinkedHashMap<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, List.of("-proc:none"), null, files.getJavaFileObjects(file));
            Trees trees = Trees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                new Comments(trees, found).scan(new TreePath(unit), "");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static final class Comments extends TreePathScanner<Void, String> {

        private final Trees trees;
        private final Map<String, String> found;

        Comments(Trees trees, Map<String, String> found) {
            this.trees = trees;
            this.found = found;
        }

        @Override
        public Void visitClass(ClassTree type, String outer) {
            String name = outer + type.getSimpleName();
            add(name);
            return super.visitClass(type, name + ".");
        }

        @Override
        public Void visitMethod(MethodTree method, String type) {
            add(type + method.getName());
            return null;
        }

        @Override
        public Void visitVariable(VariableTree variable, String type) {
            add(type + variable.getName());
            return null;
        }

        private void add(String name) {
            String comment = trees.getDocComment(getCurrentPath());
            found.put(name, comment == null ? "" : markdown(comment));
        }
    }

    private static String markdown(String comment) {
        return comment.replaceAll("(?s)(^|\\n)\\s*@\\w.*", "")
                .replaceAll("\\{@(?:code|link)\\s+([^}]+)}", "`$1`")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
