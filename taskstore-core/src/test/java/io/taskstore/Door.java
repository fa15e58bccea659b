package io.taskstore;

import java.io.IOException;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A public way in: a factory, a constructor, or a method of a value that takes arguments. */
public record Door(Executable way) {

    /** They serve, wait, or are the checks themselves; what they take is checked by the values and tested with a storage. */
    static final Set<Class<?>> SERVICES = Set.of(Check.class, RunScope.class, TaskService.class, WorkflowService.class);

    private static final Set<String> SECRET_NAMES = Set.of("payload", "result", "completed");

    /** {@return the public types of the module, found where its classes lie} */
    public static List<Class<?>> publicTypes() {
        try {
            Path classes = Path.of(Task.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            if (Files.isDirectory(classes)) {
                return publicTypes(classes);
            }
            try (FileSystem jar = FileSystems.newFileSystem(classes)) {
                return publicTypes(jar.getPath("/"));
            }
        } catch (IOException | URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Class<?>> publicTypes(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(file -> file.matches("io/taskstore/(spi/)?[A-Z].*\\.class"))
                    .<Class<?>>map(file -> load(file.replace(".class", "").replace('/', '.')))
                    .filter(Door::isPublic)
                    .sorted(Comparator.comparing(Class::getName))
                    .toList();
        }
    }

    /** {@return the public types that are values, or make some: no ports, no handlers, no services, no exceptions} */
    public static List<Class<?>> valueTypes() {
        return publicTypes().stream()
                .filter(type -> !type.isInterface() || type.isSealed())
                .filter(type -> !Throwable.class.isAssignableFrom(type))
                .filter(type -> !SERVICES.contains(type))
                .toList();
    }

    /** {@return all doors of the value types} */
    public static List<Door> all() {
        return valueTypes().stream().flatMap(type -> of(type).stream()).toList();
    }

    private static List<Door> of(Class<?> type) {
        List<Door> doors = new ArrayList<>();
        for (Constructor<?> constructor : type.getConstructors()) {
            doors.add(new Door(constructor));
        }
        for (Method method : type.getDeclaredMethods()) {
            boolean ofTheLanguage = method.isSynthetic()
                    || method.getName().equals("equals")
                    || (type.isEnum() && Set.of("values", "valueOf").contains(method.getName()))
                    || method.getName().equals("stored"); // not a door: it trusts the storage
            boolean isWay = Modifier.isStatic(method.getModifiers())
                    || method.getParameterCount() > 0
                    || method.getName().equals("build");
            if (Modifier.isPublic(method.getModifiers()) && isWay && !ofTheLanguage) {
                doors.add(new Door(method));
            }
        }
        doors.sort(Comparator.comparing(Door::toString));
        return doors;
    }

    public Class<?> owner() {
        return way.getDeclaringClass();
    }

    public Class<?> makes() {
        return way instanceof Method method ? method.getReturnType() : owner();
    }

    /** {@return the name of the method, or of the type it makes} */
    public String name() {
        return way.getName();
    }

    public boolean needsReceiver() {
        return way instanceof Method && !Modifier.isStatic(way.getModifiers());
    }

    public List<Type> takes() {
        return List.of(way.getGenericParameterTypes());
    }

    /** {@return whether what is given here may be private, so that no message and no text of a value may show it} */
    public boolean isSecret(int i) {
        String name = way.getName();
        if (way instanceof Constructor && owner().isRecord()) {
            RecordComponent component = owner().getRecordComponents()[i];
            return SECRET_NAMES.contains(component.getName());
        } else if (owner() == Metadata.class || name.equals("metadata")) {
            return name.equals("parse") || i == 1;
        } else if (owner() == JacksonCodec.class) {
            return i == 0;
        }
        return SECRET_NAMES.contains(name) || (owner() == NewTask.class && name.equals("of") && i == 1);
    }

    /** {@return whether null is refused here at once; a builder collects first} */
    public boolean refusesNull(int i) {
        AnnotatedType type = way.getAnnotatedParameterTypes()[i];
        boolean primitive = type.getType() instanceof Class<?> raw && raw.isPrimitive();
        return !primitive && !type.isAnnotationPresent(Nullable.class) && owner() != Task.Builder.class;
    }

    /** {@return what came out, made or asked} */
    public @Nullable Object enter(@Nullable Object receiver, Object... arguments) throws Throwable {
        try {
            return way instanceof Method method
                    ? method.invoke(receiver, arguments)
                    : ((Constructor<?>) way).newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static boolean isPublic(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return Modifier.isPublic(type.getModifiers()) && !type.isAnonymousClass() && (outer == null || isPublic(outer));
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        String owner = owner().getName().replaceAll(".*\\.", "").replace('$', '.');
        String method = way instanceof Method ? "." + way.getName() : "";
        return Arrays.stream(way.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", owner + method + "(", ")"));
    }
}
