module uppercase-go

go 1.21
