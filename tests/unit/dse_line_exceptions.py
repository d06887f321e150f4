"""Where the lines of DSE differ from the tables of facts on purpose, and why.

The key is (line, FILE, name in OpsCenter or KEY); the line ``*`` stands for all. An
exception that no line needs is a mistake of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

Exceptions: TypeAlias = Mapping[tuple[str, str, str], str]

_PATH = "LCM puts its own path here; the shipped file has another, or only a comment"
_COMMENT = (
    "The shipped file has it in a comment only, so the value is that of LCM; "
    "nothing shows that it is the default of the code"
)
_NOCHOICE = "The shipped file says which formats it takes, and PKCS11 is not one for a trust store"
_FIXED = "Fixed text in the template of the definitions"
_LITERAL = "Fixed text of the template before LCM made it a setting, so the file always had it"
_DICT = "The definitions of 5.1 hold the section as one value; its text has the sandbox from 5.1.4 on"
_JVM = (
    "An option of the JVM, which takes it in any file; history or note tells from which patch the shipped file has it"
)
_EMPTY_TEXT = "A text in the definitions so that it can be empty; a number in the file"
_SUFFIX = "LCM writes MB behind the number; here the size as the file has it"
_NUMBERS_OF_51 = "The shipped file of 5.1.1 has a number"
_VALUE_OR_SWITCH = "The JVM reads a number, or a text of options; LCM has a text, or a switch for one fixed value"
_NUMBER_AS_TEXT = "The program reads a number; the definitions of 6.8 have a text"
_FIXED_VALUE = "LCM has a switch for one fixed value; here the value itself"
_ONLY_IN_60 = "Given in the definitions of 6.0 alone; no shipped file shows it"
_AT_THE_LIST = "The value stands with the list seed_provider"
_COLLECTD = "LCM writes its own value; here the default of collectd"
_NO_LOG_FILE = "Written by LCM only with log_vm_output; the JVM has no default file"
_CMS = "Written by LCM only with CMS, a comment in the shipped file; here the default of the JVM"
_TURNED_ON = "LCM turns it on; a comment in the files of 6.7.0 and of the build in 6.0"
_PRINTED = "Printed by the template of 6.8, but no longer defined"
_GONE_603 = "Gone with 6.0.3"
_KEPT = "Kept as inferred, as in 6.8: Spark reads it, whether DSE still does is not known"

UNREACHED: Final[Exceptions] = {
    ("dse-6.9", "jvm8-server.options", "*"): "The facts take it over from 6.8; the file is gone from 6.9.10 on",
}

TYPES: Final[Exceptions] = {
    ("*", "cassandra.yaml", "prepared_statements_cache_size_mb"): _EMPTY_TEXT,
    ("*", "cassandra.yaml", "thrift_prepared_statements_cache_size_mb"): _EMPTY_TEXT,
    ("*", "dse.yaml", "dsefs_options.enabled"): "True, false or empty: here a boolean that takes null",
    ("*", "logback.xml", "debuglog-appender-max-file-size"): _SUFFIX,
    ("*", "logback.xml", "systemlog-appender-max-file-size"): _SUFFIX,
    ("*", "spark-env.sh", "spark-niceness"): "A number in the definitions' text",
    ("dse-5.1", "cassandra.yaml", "back_pressure_strategy[].parameters[].high_ratio"): _NUMBERS_OF_51,
    ("dse-5.1", "cassandra.yaml", "back_pressure_strategy[].parameters[].factor"): _NUMBERS_OF_51,
    ("*", "jvm-server.options", "string_table_size"): _VALUE_OR_SWITCH,
    ("*", "jvm-server.options", "agent_lib_jdwp"): _VALUE_OR_SWITCH,
    ("*", "jvm.options", "string_table_size"): _VALUE_OR_SWITCH,
    ("*", "jvm.options", "agent_lib_jdwp"): _VALUE_OR_SWITCH,
    ("*", "jvm-server.options", "dse_consistent_replace_parallelism"): _NUMBER_AS_TEXT,
    ("*", "jvm-server.options", "dse_consistent_replace_retries"): _NUMBER_AS_TEXT,
    ("*", "jvm-server.options", "cassandra_max_hint_ttl"): _NUMBER_AS_TEXT,
    ("*", "jvm-server.options", "guaranteed-safepoint-interval"): _NUMBER_AS_TEXT,
    ("*", "jvm8-server.options", "thread_priority_policy_42"): _FIXED_VALUE,
    ("*", "jvm8-server.options", "print_flss_statistics"): _FIXED_VALUE,
    ("*", "jvm8-server.options", "log_gc"): _FIXED_VALUE,
    ("*", "jvm.options", "thread_priority_policy_42"): _FIXED_VALUE,
    ("*", "jvm.options", "print_flss_statistics"): _FIXED_VALUE,
    ("*", "jvm.options", "log_gc"): _FIXED_VALUE,
}

DEFAULTS: Final[Exceptions] = {
    (
        "*",
        "cassandra-env.sh",
        "on_out_of_memory_error",
    ): "LCM has the command alone; the variable holds the whole option",
    ("*", "cassandra.yaml", "endpoint_snitch"): "LCM sets its own; the shipped file has DseSimpleSnitch",
    ("*", "cassandra.yaml", "client_encryption_options.keystore"): _PATH,
    ("*", "cassandra.yaml", "client_encryption_options.truststore"): _PATH,
    ("*", "cassandra.yaml", "server_encryption_options.keystore"): _PATH,
    ("*", "cassandra.yaml", "server_encryption_options.truststore"): _PATH,
    ("*", "dse.yaml", "kerberos_options.keytab"): _PATH,
    ("*", "dse.yaml", "spark_ui_options.encryption_options.keystore"): _PATH,
    ("*", "dse.yaml", "advanced_replication_options.security_base_path"): _PATH,
    ("*", "cassandra.yaml", "client_encryption_options.truststore_type"): _NOCHOICE,
    ("*", "cassandra.yaml", "server_encryption_options.truststore_type"): _NOCHOICE,
    ("*", "dse.yaml", "spark_ui_options.encryption_options.truststore_type"): _NOCHOICE,
    (
        "*",
        "cassandra.yaml",
        "commitlog_sync_batch_window_in_ms",
    ): f"Written by LCM only with commitlog_sync batch. {_COMMENT}",
    (
        "*",
        "cassandra.yaml",
        "commitlog_sync_group_window_in_ms",
    ): f"Written by LCM only with commitlog_sync group. {_COMMENT}",
    (
        "*",
        "dse.yaml",
        "solr_slow_sub_query_log_options.threshold_ms",
    ): "Every shipped file seen (6.0.11, 6.7.0, 6.7.7, 6.8.0, 6.9.18) has 3000 active",
    (
        "*",
        "dse.yaml",
        "audit_logging_options.cassandra_audit_writer_options.flush_time",
    ): "Every shipped file seen has 250 active",
    ("*", "dse.yaml", "authentication_options.enabled"): "LCM turns it on; the shipped file has false in a comment",
    ("*", "dse.yaml", "ldap_options.all_parent_groups_search_type"): "Empty is LCM's word for leaving it out",
    (
        "*",
        "dse.yaml",
        "graph.gremlin_server.scriptEngines.gremlin-groovy.config.sandbox_enabled",
    ): "LCM turns it off; the manual says that the sandbox is on by default",
    (
        "*",
        "dse.yaml",
        "dsefs_options.rest_options.idle_connection_timeout_ms",
    ): "The shipped file has 60000 in a comment",
    ("dse-6.0", "dse.yaml", "audit_logging_options.render_cql_literals"): _ONLY_IN_60,
    ("dse-6.0", "dse.yaml", "resource_manager_options.worker_options.workpools"): _COMMENT,
    ("dse-6.0", "dse.yaml", "ldap_options.all_parent_groups_memberof_attribute"): _ONLY_IN_60,
    (
        "dse-6.0",
        "cassandra.yaml",
        "io_global_queue_depth",
    ): "The shipped file of 6.0.11 has the name without a value in a comment",
    (
        "dse-5.1",
        "cassandra.yaml",
        "back_pressure_strategy",
    ): "The shipped file of 5.1.1 has numbers, the definitions have texts",
    (
        "dse-5.1",
        "dse.yaml",
        "back_pressure_threshold_per_core",
    ): "The shipped file says 1000 times max_solr_concurrency_per_core; 2000 is its example",
    ("dse-6.9", "cassandra.yaml", "seed_provider[].class_name"): _AT_THE_LIST,
    ("dse-6.9", "cassandra.yaml", "seed_provider[].parameters[].seeds"): _AT_THE_LIST,
    ("*", "cassandra.yaml", "leaks_detection_params.sampling_probability"): _COMMENT,
    ("*", "cassandra.yaml", "leaks_detection_params.max_stacks_cache_size_mb"): _COMMENT,
    ("*", "cassandra.yaml", "leaks_detection_params.num_access_records"): _COMMENT,
    ("*", "cassandra.yaml", "leaks_detection_params.max_stack_depth"): _COMMENT,
    ("*", "dse.yaml", "internode_messaging_options.server_acceptor_threads"): _COMMENT,
    ("*", "dse.yaml", "internode_messaging_options.server_worker_threads"): _COMMENT,
    ("*", "dse.yaml", "internode_messaging_options.client_worker_threads"): _COMMENT,
    ("*", "dse.yaml", "ldap_options.group_search_filter"): _COMMENT,
    ("*", "dse.yaml", "ldap_options.ssl_protocol"): _COMMENT,
    ("*", "dse.yaml", "ldap_options.groups_validity_in_ms"): _COMMENT,
    ("*", "dse.yaml", "ldap_options.groups_update_interval_in_ms"): _COMMENT,
    ("*", "dse.yaml", "max_memory_to_lock_mb"): _COMMENT,
    ("*", "dse.yaml", "resource_manager_options.worker_options.memory_total"): _COMMENT,
    ("*", "dse.yaml", "kmip_hosts.*.key_cache_update_millis"): _COMMENT,
    ("*", "dse.yaml", "dsefs_options.data_directories"): _COMMENT,
    ("*", "dse.yaml", "dsefs_options.internode_authentication.enabled"): _COMMENT,
    ("*", "dse.yaml", "dsefs_options.internode_authentication.algorithm"): _COMMENT,
    ("*", "dse.yaml", "dsefs_options.service_startup_timeout_ms"): _COMMENT,
    ("*", "dse.yaml", "dsefs_options.transaction_options.transaction_timeout_ms"): _COMMENT,
    ("*", "dse.yaml", "dsefs_options.transaction_options.conflict_retry_delay_ms"): _COMMENT,
    ("*", "dse.yaml", "dsefs_options.rest_options.connection_open_timeout_ms"): _COMMENT,
    ("*", "dse.yaml", "dsefs_options.service_close_timeout_ms"): _COMMENT,
    ("*", "dse.yaml", "performance_max_threads"): _COMMENT,
    ("*", "10-write-graphite.conf", "nodes.*.log-send-errors"): _COLLECTD,
    ("*", "10-write-graphite.conf", "nodes.*.separate-instances"): _COLLECTD,
    ("*", "10-write-graphite.conf", "nodes.*.store-rates"): _COLLECTD,
    ("*", "jvm-server.options", "vm_log_file"): _NO_LOG_FILE,
    ("*", "jvm.options", "vm_log_file"): _NO_LOG_FILE,
    ("*", "jvm8-server.options", "cms_wait_duration"): _CMS,
    ("*", "jvm8-server.options", "cms_initiating_occupancy_fraction"): _CMS,
    ("*", "jvm8-server.options", "max_tenuring_threshold"): _CMS,
    ("*", "jvm.options", "cms_wait_duration"): _CMS,
    ("*", "jvm.options", "cms_initiating_occupancy_fraction"): _CMS,
    ("*", "jvm.options", "max_tenuring_threshold"): _CMS,
    ("*", "jvm.options", "cassandra_disable_auth_caches_remote_configuration"): _TURNED_ON,
    ("*", "jvm.options", "cassandra_force_default_indexing_page_size"): _TURNED_ON,
}

EXTRA: Final[Exceptions] = {
    ("dse-6.7", "logback-spark-server.xml", "logger.org.apache.spark.util.logging.FileAppender"): _FIXED,
    ("dse-6.0", "logback-spark-server.xml", "logger.org.apache.spark.util.logging.FileAppender"): _FIXED,
    ("dse-5.1", "logback-spark-server.xml", "logger.org.apache.spark.util.logging.FileAppender"): _FIXED,
    ("dse-5.1", "logback-spark-executor.xml", "logger.com.datastax.driver.core.CodecRegistry"): _FIXED,
    ("dse-5.1", "logback.xml", "logger.com.thinkaurelius.thrift"): _FIXED,
    ("dse-5.1", "logback.xml", "logger.SolrValidationErrorLogger"): _FIXED,
    ("dse-5.1", "logback.xml", "logger.com.datastax.bdp.util.process.ServiceRunner"): _FIXED,
    ("dse-5.1", "logback.xml", "logger.com.datastax.bdp.util.process.InternalServiceRunner"): _FIXED,
    ("dse-6.8", "spark-env.sh", "SPARK_WORKER_CORES"): _PRINTED,
    ("dse-6.8", "spark-env.sh", "SPARK_WORKER_MEMORY"): _PRINTED,
    ("dse-6.9", "spark-env.sh", "SPARK_WORKER_CORES"): _PRINTED,
    ("dse-6.9", "spark-env.sh", "SPARK_WORKER_MEMORY"): _PRINTED,
    ("dse-5.1", "logback.xml", "SolrValidationErrorAppender.file"): _FIXED,
    ("dse-5.1", "logback.xml", "SolrValidationErrorAppender.fileNamePattern"): _FIXED,
    ("dse-5.1", "logback.xml", "SolrValidationErrorAppender.minIndex"): _FIXED,
    ("dse-5.1", "logback.xml", "SolrValidationErrorAppender.maxIndex"): _FIXED,
    ("dse-5.1", "logback.xml", "SolrValidationErrorAppender.maxFileSize"): _FIXED,
    ("dse-5.1", "logback.xml", "SolrValidationErrorAppender.pattern"): _FIXED,
}

PATCHES: Final[Exceptions] = {
    ("dse-6.0", "jvm.options", "jdk_nio_maxcachedbuffersize"): _JVM,
    ("dse-5.1", "jvm.options", "jdk_nio_maxcachedbuffersize"): _JVM,
    ("dse-5.1", "jvm.options", "exit_on_out_of_memory_error"): _JVM,
    ("dse-5.1", "jvm.options", "crash_on_out_of_memory_error"): _JVM,
    ("dse-6.0", "logback-spark-executor.xml", "com-datastax-driver-core-CodecRegistry"): _LITERAL,
    ("dse-6.0", "logback.xml", "bdp-util-process-servicerunner"): _LITERAL,
    ("dse-6.0", "logback.xml", "bdp-util-process-internalservicerunner"): _LITERAL,
    (
        "dse-6.0",
        "spark-alwayson-sql.conf",
        "spark_executor_memory",
    ): "A setting of Spark itself; history tells that the shipped file has it from 6.0.2 on",
    ("dse-5.1", "dse.yaml", "graph.gremlin_server.scriptEngines.gremlin-groovy.config.sandbox_enabled"): _DICT,
    (
        "dse-5.1",
        "dse.yaml",
        "graph.gremlin_server.scriptEngines.gremlin-groovy.config.sandbox_rules.whitelist_packages",
    ): _DICT,
    (
        "dse-5.1",
        "dse.yaml",
        "graph.gremlin_server.scriptEngines.gremlin-groovy.config.sandbox_rules.whitelist_types",
    ): _DICT,
    (
        "dse-5.1",
        "dse.yaml",
        "graph.gremlin_server.scriptEngines.gremlin-groovy.config.sandbox_rules.whitelist_supers",
    ): _DICT,
}

RENAMES: Final[Exceptions] = {
    ("dse-6.0", "cassandra.yaml", "rpc_keepalive"): "The definitions write the old name up to 6.8",
    ("dse-6.0", "cassandra.yaml", "index_summary_capacity_in_mb"): _GONE_603,
    ("dse-6.0", "cassandra.yaml", "index_summary_resize_interval_in_minutes"): _GONE_603,
    ("dse-6.0", "spark-env.sh", "SPARK_WORKER_MEMORY"): _KEPT,
    ("dse-6.0", "spark-env.sh", "SPARK_WORKER_CORES"): _KEPT,
}
