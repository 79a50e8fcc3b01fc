from newsbot_core.blocks cimport Container

cdef list number_containers(list blocks)
cdef Container larger(Container container, int blocks)
cdef void write_numbers(Container container, float* row) noexcept
cdef void write_bits(long long flags, int count, float* row) noexcept
cdef Container main_container(list blocks, const float* scores)
