package io.taskstore.architecture;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The sources of a module, in which everything public begins with a sentence that says what it is. What overrides a
 * documented method needs none, and a record says what each component is.
 */
public final class DocumentedApi {
    private static final Set<Tree.Kind> TYPES =
            Set.of(Tree.Kind.CLASS, Tree.Kind.INTERFACE, Tree.Kind.ENUM, Tree.Kind.RECORD, Tree.Kind.ANNOTATION_TYPE);

    private final Path folder;
    private final List<String> undocumented = new ArrayList<>();

    private DocumentedApi(Path folder) {
        this.folder = folder;
    }

    /**
     * Starts with the sources in a folder.
     *
     * @param folder relative to the module's own folder, in which its tests run
     * @return the sources, to be verified
     */
    public static DocumentedApi in(String folder) {
        return new DocumentedApi(Path.of(folder));
    }

    /**
     * Verifies all sources.
     *
     * @throws AssertionError with everything that says nothing of itself
     */
    public void verify() {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> found = Files.walk(folder)) {
            var sources = files.getJavaFileObjectsFromPaths(
                    found.filter(file -> file.toString().endsWith(".java")).toList());
            var task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null, sources);
            DocTrees docs = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                unit.getTypeDecls().forEach(type -> check(docs, new TreePath(new TreePath(unit), type), false));
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        if (!undocumented.isEmpty()) {
            throw new AssertionError("Public, and without a sentence that says what it is:\n"
                    + undocumented.stream().sorted().collect(Collectors.joining("\n")));
        }
    }

    private void check(DocTrees docs, TreePath path, boolean inInterface) {
        Tree tree = path.getLeaf();
        if (!isPublic(tree, inInterface)) {
            return;
        }
        DocCommentTree doc = docs.getDocCommentTree(path);
        if (!isOverride(tree) && (doc == null || doc.getFirstSentence().isEmpty())) {
            undocumented.add(name(path));
        }
        if (tree instanceof ClassTree type) {
            checkComponents(path, type, doc);
            boolean isInterface = type.getKind() == Tree.Kind.INTERFACE;
            type.getMembers().forEach(member -> check(docs, new TreePath(path, member), isInterface));
        }
    }

    private void checkComponents(TreePath path, ClassTree type, @Nullable DocCommentTree doc) {
        if (type.getKind() == Tree.Kind.RECORD && doc != null) {
            Set<String> told = doc.getBlockTags().stream()
                    .filter(ParamTree.class::isInstance)
                    .map(tag -> ((ParamTree) tag).getName().toString())
                    .collect(Collectors.toSet());
            type.getMembers().stream()
                    .filter(DocumentedApi::isComponent)
                    .map(member -> ((VariableTree) member).getName().toString())
                    .filter(component -> !told.contains(component))
                    .forEach(component -> undocumented.add(name(path) + ": @param " + component));
        }
    }

    private static boolean isComponent(Tree member) {
        return member instanceof VariableTree field
                && !field.getModifiers().getFlags().contains(Modifier.STATIC);
    }

    private static boolean isPublic(Tree tree, boolean inInterface) {
        Set<Modifier> modifiers = modifiers(tree);
        return modifiers.contains(Modifier.PUBLIC)
                || modifiers.contains(Modifier.PROTECTED)
                || (inInterface && !modifiers.contains(Modifier.PRIVATE));
    }

    private static boolean isOverride(Tree tree) {
        return tree instanceof MethodTree method
                && method.getModifiers().getAnnotations().stream()
                        .anyMatch(annotation ->
                                annotation.getAnnotationType().toString().equals("Override"));
    }

    private static Set<Modifier> modifiers(Tree tree) {
        ModifiersTree modifiers = null;
        if (tree instanceof MethodTree method) {
            modifiers = method.getModifiers();
        } else if (tree instanceof VariableTree field) {
            modifiers = field.getModifiers();
        } else if (TYPES.contains(tree.getKind())) {
            modifiers = ((ClassTree) tree).getModifiers();
        }
        return modifiers == null ? Set.of() : modifiers.getFlags();
    }

    private static String name(TreePath path) {
        List<String> names = new ArrayList<>();
        for (TreePath step = path; step != null; step = step.getParentPath()) {
            if (step.getLeaf() instanceof ClassTree type) {
                names.add(0, type.getSimpleName().toString());
            } else if (step.getLeaf() instanceof MethodTree method) {
                names.add(0, method.getName() + "()");
            } else if (step.getLeaf() instanceof VariableTree field) {
                names.add(0, field.getName().toString());
            }
        }
        return String.join(".", names);
    }
}
