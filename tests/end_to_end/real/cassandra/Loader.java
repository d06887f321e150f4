import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Paths;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.apache.cassandra.config.Config;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.config.YamlConfigurationLoader;
import org.slf4j.LoggerFactory;

/**
 * Reads files as Cassandra reads its cassandra.yaml. Names come on standard input, a line each;
 * for each a line of JSON goes out: who refuses the file ("loader", "checks" or nobody) with the
 * message, and the fields of the configuration as loaded and as the checks leave them.
 */
public final class Loader {
    /** The checks at start-up that need no network, no folders and no other file. */
    private static final String[] CHECKS = {"applyCompatibilityMode", "applySimpleConfig", "applyGuardrails"};

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, "UTF-8");
        System.setOut(System.err);
        ((Logger) LoggerFactory.getLogger("ROOT")).setLevel(Level.OFF);
        BufferedReader names = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String name = names.readLine(); name != null; name = names.readLine()) {
            out.println(answer(name));
        }
        out.flush();
    }

    private static String answer(String name) throws Exception {
        Config config;
        try {
            config = new YamlConfigurationLoader().loadConfig(Paths.get(name).toUri().toURL());
        } catch (Throwable refusal) {
            return refused("loader", refusal, "{}");
        }
        String loaded = fields(config);
        try {
            check(config);
        } catch (Throwable refusal) {
            return refused("checks", refusal, loaded);
        }
        return "{\"refused_by\": \"\", \"message\": \"\", \"loaded\": " + loaded + ", \"checked\": " + fields(config) + "}";
    }

    private static void check(Config config) throws Throwable {
        Method set = DatabaseDescriptor.class.getDeclaredMethod("setConfig", Config.class);
        set.setAccessible(true);
        set.invoke(null, config);
        for (String check : CHECKS) {
            try {
                Method method = DatabaseDescriptor.class.getDeclaredMethod(check);
                method.setAccessible(true);
                method.invoke(null);
            } catch (NoSuchMethodException absent) {
                continue;  // this release has no such check
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        }
    }

    private static String refused(String by, Throwable refusal, String loaded) {
        StringBuilder message = new StringBuilder();
        for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
            message.append(message.length() == 0 ? "" : " <- ").append(cause.getClass().getSimpleName());
            message.append(": ").append(cause.getMessage());
        }
        return "{\"refused_by\": " + text(by) + ", \"message\": " + text(message.toString())
                + ", \"loaded\": " + loaded + ", \"checked\": {}}";
    }

    private static String fields(Config config) throws IllegalAccessException {
        Map<String, String> found = new TreeMap<>();
        gather("", config, found);
        StringBuilder json = new StringBuilder("{");
        found.forEach((key, value) ->
                json.append(json.length() == 1 ? "" : ", ").append(text(key)).append(": ").append(value));
        return json.append("}").toString();
    }

    private static void gather(String prefix, Object holder, Map<String, String> found) throws IllegalAccessException {
        for (Class<?> type = holder.getClass(); type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                boolean cached = field.getName().endsWith("Instance");
                if (Modifier.isStatic(modifiers) || Modifier.isPrivate(modifiers) || cached) {
                    continue;
                }
                field.setAccessible(true);
                Object value = field.get(holder);
                if (value != null && isGroup(value)) {
                    gather(prefix + field.getName() + ".", value, found);
                } else {
                    found.put(prefix + field.getName(), json(value));
                }
            }
        }
    }

    /** Options that are an object of their own; quantities are one value each. */
    private static boolean isGroup(Object value) {
        String name = value.getClass().getName();
        boolean own = name.startsWith("org.apache.cassandra.") && !(value instanceof Enum);
        return own && !name.matches(".*(DataStorage|Duration|DataRate)Spec.*") && !(value instanceof Map) && !(value instanceof Collection);
    }

    private static String json(Object value) throws IllegalAccessException {
        if (value == null) {
            return "null";
        }
        StringBuilder json = new StringBuilder();
        if (value instanceof Map) {
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                json.append(json.length() == 0 ? "" : ", ").append(text(String.valueOf(entry.getKey())));
                json.append(": ").append(json(entry.getValue()));
            }
            return "{" + json + "}";
        }
        if (value instanceof Object[]) {
            value = java.util.Arrays.asList((Object[]) value);
        }
        if (value instanceof Collection) {
            for (Object item : (Collection<?>) value) {
                json.append(json.length() == 0 ? "" : ", ").append(json(item));
            }
            return "[" + json + "]";
        }
        if (isGroup(value)) {
            Map<String, String> found = new TreeMap<>();
            gather("", value, found);
            found.forEach((key, one) ->
                    json.append(json.length() == 0 ? "" : ", ").append(text(key)).append(": ").append(one));
            return "{" + json + "}";
        }
        // The name, because some enums print as something else.
        return text(value instanceof Enum ? ((Enum<?>) value).name() : String.valueOf(value));
    }

    private static String text(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char letter : value.toCharArray()) {
            if (letter == '"' || letter == '\\') {
                quoted.append('\\').append(letter);
            } else if (letter < ' ' || letter > '~') {
                quoted.append(String.format("\\u%04x", (int) letter));
            } else {
                quoted.append(letter);
            }
        }
        return quoted.append('"').toString();
    }
}
